import { createHash, X509Certificate } from 'node:crypto'
import { type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'
import { kubeadmCommand } from './kubeadm.ts'

/** A worker, or a further control plane. */
export const kubeadmJoin = defineModule({
  name: 'kubeadmJoin',
  summary: 'Joins the cluster with kubeadm; continues or undoes a join that was cut short.',
  schema: z.strictObject({
    config: templateName.describe('EJS template of the v1beta4 JoinConfiguration'),
    controlPlane: z.boolean().default(false).describe('Join as a control plane'),
  }),
  timeout: 900,
  library: 'kubelet',
  compile(args, context) {
    const authority = context.value('clusterCA')
    const config = context.render(args.config, { caCertHash: authority === undefined ? '' : caCertHash(authority) })
    return kubeadmCommand(
      {
        verb: 'join',
        config,
        completeWhen: args.controlPlane
          ? sh`
            [ -s /etc/kubernetes/admin.conf ] && [ -s /etc/kubernetes/kubelet.conf ] &&
              [ -s /etc/kubernetes/manifests/kube-apiserver.yaml ] && [ -s /etc/kubernetes/manifests/etcd.yaml ]`
          : sh`[ -s /etc/kubernetes/kubelet.conf ] && [ -s /etc/kubernetes/pki/ca.crt ]`,
        finished: args.controlPlane
          ? sh`
            [ -s /etc/kubernetes/admin.conf ] && [ -s /etc/kubernetes/kubelet.conf ] &&
              [ -s /etc/kubernetes/manifests/etcd.yaml ] && api_answers || return 1
            # Marking the node is its last act.
            [ -n "$(kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s get nodes \
              --field-selector "metadata.name=$node" -l node-role.kubernetes.io/control-plane -o name)" ]`
          : // A kubelet that has registered its node is what a join is for; what is left to tidy is done below.
            sh`false`,
        nothingToLose: args.controlPlane
          ? sh`[ ! -e /var/lib/etcd/member ] && [ ! -e /etc/kubernetes/manifests/etcd.yaml ] && [ ! -e /etc/kubernetes/kubelet.conf ]`
          : // Before it has its identity no pod has run.
            sh`[ ! -e /etc/kubernetes/kubelet.conf ]`,
        continueNode: args.controlPlane
          ? sh`printf 'skipPhases: [kubelet-start]\\n' >>"$config" && kubeadm_run "$ignored_now"`
          : // As kubeadm does at its end: the file holds the token.
            sh`say 'the node has joined: nothing of a join is left to do' && rm -f /etc/kubernetes/bootstrap-kubelet.conf`,
        ignoreOnContinue: [
          'FileAvailable--etc-kubernetes-kubelet.conf',
          'FileAvailable--etc-kubernetes-bootstrap-kubelet.conf',
          'FileAvailable--etc-kubernetes-pki-ca.crt',
          'DirAvailable--etc-kubernetes-manifests',
        ],
        before: authority === undefined ? undefined : waitForOldNode(authority),
        // kubeadm ends when the kubelet has its certificate, with which that registers the node a moment later.
        after: sh`
          [ -n "\${k_mark:-}" ] || kubelet_mark
          wait_while kubelet_trouble 120 "the kubelet to register node $node" node_known "$node" 10`,
      },
      context,
    )
  },
})

/**
 * kubeadm refuses to join as a node that is Ready, and a host that was made anew is for as long as nobody has missed its
 * kubelet: 50 s (--node-monitor-grace-period), and 15 s more where the controllers have to find a new leader first. Asked with
 * the join token, which may read nodes. Whatever else is wrong is for kubeadm to say.
 */
function waitForOldNode(authority: string): ShellText {
  return sh`
    printf '%s' ${authority} >"$P_RUN/cluster.crt"
    (
      umask 077
      printf '%s\n' 'apiVersion: v1' 'kind: Config' 'current-context: join' \
        'contexts: [{ name: join, context: { cluster: join, user: join } }]' \
        "clusters: [{ name: join, cluster: { server: \"https://$(setting apiServerEndpoint "$config")\", certificate-authority: $P_RUN/cluster.crt } }]" \
        "users: [{ name: join, user: { token: \"$(setting token "$config")\" } }]" >"$P_RUN/join.kubeconfig"
    )
    node_is_free() {
      n_ready=$(kubectl --kubeconfig "$P_RUN/join.kubeconfig" --request-timeout 10s get node "$(setting name "$config")" \
        --ignore-not-found -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
      [ "$n_ready" != True ]
    }
    wait_for 120 "the node $(setting name "$config") that was here before to be missed" node_is_free || :
    rm -f "$P_RUN/join.kubeconfig"`
}

/**
 * The pin of a cluster's CA as kubeadm wants it: `sha256:` and the SHA-256 of the DER SubjectPublicKeyInfo, in hex.
 * Source: kubeadm's reference, "token-based discovery with CA pinning".
 */
export function caCertHash(certificate: string): string {
  const der = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(der).digest('hex')}`
}
