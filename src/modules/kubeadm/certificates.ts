import { raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule, type ModuleContext } from '../module.ts'

const DAY = 86_400

/** Functions of scripts/certificates, and of the static pods they speak of. */
function library(context: ModuleContext): ShellText {
  const files = ['status/static-pods.sh', 'certificates/renew.sh']
  return sh`
    ${raw(files.map((file) => context.render(file)).join('\n'))}
    command -v openssl >/dev/null || { say 'openssl is not installed: it judges certificates'; exit 2; }`
}

/**
 * The certificates of a control plane and of its own kubelet, without an API server that answers: kubeadm renews what it made,
 * the CA on this host signs for the kubelet. Each static pod is ended once, in turn, so that its kubelet starts it with what is
 * on disk; where the control plane was well before, the next one waits until it is well again.
 */
export const renewCertificates = defineModule({
  name: 'renewCertificates',
  summary:
    "Renews a control plane's certificates and kubeconfigs with kubeadm, and restarts what uses them, one by one.",
  schema: z.strictObject({
    node: z.string().describe('Name of the node, for its kubelet'),
    within: z.int().min(0).default(30).describe('Days: due is what expires within them'),
    force: z.boolean().default(false).describe('Renew all, due or not'),
  }),
  timeout: 1200,
  compile(args, context) {
    const functions = raw(library(context))
    const forced = raw(args.force ? '[ ! -e "$P_RUN/renewed" ]' : 'false')
    const seconds = args.within * DAY
    return {
      check: sh`
        ${functions}
        [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] || { say 'kubeadm has not made this a control plane'; exit 2; }
        ! ${forced} || exit 1
        if cut_off; then say 'a renewal was cut off'; exit 1; fi
        late=$(due ${seconds})
        if [ -n "$late" ]; then say "due:" $late; exit 1; fi
        if kubelet_expired 0; then say "the kubelet's certificate has expired"; exit 1; fi
        if owed_restart kubelet-certificate kubelet.service; then say 'the kubelet has not taken its certificate yet'; exit 1; fi
        if kubelet_embeds; then say 'kubelet.conf does not name the certificate that the kubelet renews'; exit 1; fi
        for name in $(static_pods); do
          if stale "$name"; then say "$name runs with the previous certificates"; exit 1; fi
        done`,
      apply: sh`
        ${functions}
        renew=no
        if cut_off; then
          say 'going on with a renewal that was cut off'
          status=0
          mend || status=$?
          case $status in 0) renew=yes ;; 1) ;; *) exit "$status" ;; esac
        fi
        ! ${forced} || renew=yes
        [ -z "$(due ${seconds})" ] || renew=yes
        if [ "$renew" = yes ]; then
          cut_off || keep_before
          kubeadm certs renew all
          : >"$P_RUN/renewed"
        fi
        if kubelet_embeds; then point_kubelet; fi
        if kubelet_expired 0; then
          say "signing a certificate for this node's kubelet"
          read -r up _ </proc/uptime
          printf '%s\\n' "$up" >"$P_PENDING/kubelet-certificate"
          sign_kubelet ${args.node}
        fi
        systemctl -q is-active kubelet.service || systemctl restart kubelet.service
        well=no
        if was_well || { ! cut_off && api_ready; }; then well=yes; fi
        for name in $(static_pods); do
          if stale "$name"; then
            say "restarting $name"
            restart_static_pod "$name"
          fi
          # When everything has expired, none is well before the last control plane has been renewed.
          [ "$well" = no ] || until_in_use "$name" 240
        done
        # Last: a kubelet that has just been started, with no API server to ask, takes minutes to start anything.
        if owed_restart kubelet-certificate kubelet.service; then
          systemctl restart kubelet.service
          settle kubelet-certificate
        fi
        renewal_ended`,
      output: sh`printf renewed`,
    }
  },
})

/** After all control planes have been renewed: each is well, and its ports present what is on disk. */
export const certificatesInUse = defineModule({
  name: 'certificatesInUse',
  summary: "Waits until a control plane's static pods answer with the certificates that are on disk, and are well.",
  schema: z.strictObject({
    within: z.int().min(1).default(300).describe('Seconds that this may take'),
  }),
  timeout: 1800,
  compile(args, context) {
    const functions = raw(library(context))
    return {
      check: sh`
        ${functions}
        for name in $(static_pods); do
          if ! in_use "$name" || ! healthy "$name"; then say "$name does not answer with its certificates"; exit 1; fi
        done`,
      apply: sh`
        ${functions}
        # What failed while its certificates had expired is tried again by the kubelet only after minutes, unless it is started anew.
        left=60
        all_run || say 'waiting up to 60 s for every static pod to run'
        while [ "$left" -gt 0 ] && ! all_run; do
          left=$((left - 1))
          sleep 1
        done
        all_run || systemctl restart kubelet.service
        for name in $(static_pods); do until_in_use "$name" ${args.within}; done`,
    }
  },
})

/**
 * A kubelet renews its own certificate as long as it can; one that was off until it expired joins anew with a token, under its
 * old name. Its containers go on: only the kubelet is started again.
 */
export const kubeletCertificate = defineModule({
  name: 'kubeletCertificate',
  summary: 'Gives a kubelet whose client certificate has expired a new one, by a join token; its pods go on.',
  schema: z.strictObject({}),
  timeout: 300,
  compile(_args, context) {
    const functions = raw(library(context))
    const token = context.value('joinToken') ?? ''
    return {
      check: sh`
        ${functions}
        kubelet_joined || exit 0
        if kubelet_expired 0; then say "the kubelet's certificate has expired"; exit 1; fi
        [ ! -e /etc/kubernetes/bootstrap-kubelet.conf ] || { say 'bootstrap-kubelet.conf is still there'; exit 1; }`,
      apply: sh`
        ${functions}
        bootstrap=/etc/kubernetes/bootstrap-kubelet.conf token=${token}
        if kubelet_expired 0; then
          server=$(setting server /etc/kubernetes/kubelet.conf)
          # With a kubelet.conf whose certificate has expired the kubelet takes this one, and writes that one anew.
          (umask 077 && cat >"$P_RUN/bootstrap") <<P_EOF
        apiVersion: v1
        kind: Config
        clusters: [{ name: own, cluster: { server: "$server", certificate-authority: /etc/kubernetes/pki/ca.crt } }]
        users: [{ name: bootstrap, user: { token: "$token" } }]
        contexts: [{ name: bootstrap, context: { cluster: own, user: bootstrap } }]
        current-context: bootstrap
        P_EOF
          write_file "$bootstrap" 600 root root <"$P_RUN/bootstrap"
          rm -f "$P_RUN/bootstrap"
          systemctl restart kubelet.service
          left=150
          while kubelet_expired 0; do
            if [ "$left" -le 0 ]; then
              timeout 5 journalctl --no-pager -q -o cat -n 8 -u kubelet.service >&2 || :
              rm -f "$bootstrap"
              say 'the kubelet got no certificate within 150 s'
              exit 1
            fi
            [ $((left % 10)) -ne 0 ] || say 'waiting for the cluster to sign a certificate for the kubelet'
            left=$((left - 1))
            sleep 1
          done
        fi
        rm -f "$bootstrap"`,
    }
  },
})

/** Where a kubelet signs its own serving certificate it does so once: it takes what it finds, expired or not. */
export const kubeletServing = defineModule({
  name: 'kubeletServing',
  summary: 'Has a kubelet sign a new serving certificate when the one it signed itself is due; its pods go on.',
  schema: z.strictObject({
    within: z.int().min(0).default(30).describe('Days: due is what expires within them'),
  }),
  timeout: 120,
  compile(args, context) {
    const functions = raw(library(context))
    const file = '/var/lib/kubelet/pki/kubelet'
    return {
      check: sh`
        ${functions}
        [ -e ${`${file}.crt`} ] || exit 0
        # The cluster signs it, and the kubelet asks in time.
        ! grep -q '^serverTLSBootstrap: true' /etc/kubernetes/kubelet.conf.d/*.conf 2>/dev/null || exit 0
        openssl x509 -in ${`${file}.crt`} -noout -checkend ${args.within * DAY} >/dev/null || { say 'it is due'; exit 1; }`,
      apply: sh`
        rm -f ${`${file}.crt`} ${`${file}.key`}
        systemctl restart kubelet.service
        say 'waiting up to 60 s for the kubelet to sign its certificate'
        left=60
        while [ ! -e ${`${file}.crt`} ]; do
          [ "$left" -gt 0 ] || { say 'the kubelet signed none within 60 s'; exit 1; }
          left=$((left - 1))
          sleep 1
        done`,
    }
  },
})
