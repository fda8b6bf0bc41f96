import { raw, type ShellText, sh } from '../../shell/quote.ts'
import type { ModuleContext, TaskBody } from '../module.ts'
import { etcdIsFresh } from './kubeadm-undo.ts'

/** What preflight finds where a control plane has begun to run. */
const tracesOfControlPlane = [
  'DirAvailable--var-lib-etcd',
  ...[6443, 10250, 10257, 10259, 2379, 2380].map((port) => `Port-${port}`),
]

/** What `kubeadm init` and `kubeadm join` have in common: run once, and finished by the next run if cut short. */
export interface KubeadmCommand {
  readonly verb: 'init' | 'join'
  /** The rendered v1beta4 configuration. */
  readonly config: string
  /** Files whose presence, with our own note of completion absent, means kubeadm got to its end. */
  readonly completeWhen: ShellText
  /** Whether kubeadm's last act has been done, as the cluster says: then nothing is left to do, whatever the note says. Uses `$node`, `$config`. */
  readonly finished: ShellText
  /** Whether nothing but this attempt is lost by `kubeadm reset`. Uses `$node` and `etcd_is_fresh`. */
  readonly nothingToLose: ShellText
  /** What preflight finds of an interrupted command of this kind, beside the traces of any control plane. */
  readonly ignoreOnContinue: readonly string[]
  /** Whether what the note of a restore speaks of is here: a note of data that is gone says nothing of what is made now. */
  readonly restoredIsHere?: ShellText
  /**
   * Shell to continue with where the kubelet has already registered the node, which kubeadm refuses to do twice:
   * "a Node with name … and status Ready already exists". Uses `$config` and `kubeadm_run`.
   */
  readonly continueNode?: ShellText
  /** Shell that runs before kubeadm does, where it is not continued with `continueNode`. Uses `$config`. */
  readonly before?: ShellText | undefined
  /** Shell that runs when kubeadm has got to its end, without which the command is not complete. Uses `$node`. */
  readonly after?: ShellText
}

/**
 * A command that was interrupted is *continued*: every kubeadm phase takes what it finds (certificates, kubeconfigs,
 * manifests, etcd data) and makes what is missing; only preflight has to be told that its findings are our own.
 * The note (boot id, seconds since 1970, node) says that it was begun, not that it never ended: the cluster is asked first. If
 * continuing fails, `kubeadm reset` undoes it only where the note is of this node and there is nothing to lose.
 *
 * `/var/lib/provision/kubeadm-VERB.restored` says that what is there was put there to be kept (data and CAs out of an
 * archive, or pods that run on): preflight is told so, and nothing is undone whatever happens.
 */
export function kubeadmCommand(command: KubeadmCommand, context: ModuleContext): TaskBody {
  const begun = `/var/lib/provision/kubeadm-${command.verb}.begun`
  const kept = `/var/lib/provision/kubeadm-${command.verb}.restored`
  const content = `${context.id}_content`
  const expected = [...command.ignoreOnContinue, ...tracesOfControlPlane].join(',')
  const before = command.before ?? sh`:`
  const after = command.after ?? sh`:`
  const again = sh`
    before_kubeadm
        kubeadm_run "$ignored_now"`
  const lost = `kubeadm ${command.verb} cannot be continued, and is not undone: this host may hold what a cluster needs.`
  const ways =
    'Expired certificates: `provision certs renew`. A broken cluster: `provision rebuild`. Nothing here is needed: `provision reset HOST`.'
  const forgotten = command.restoredIsHere
    ? sh`
      if [ -e ${kept} ] && ! ${raw(command.restoredIsHere)}; then
        say ${`${kept} is of a restore whose data is not here: it does not count`}
        rm -f ${kept}
      fi`
    : sh`:`
  const continued = command.continueNode
    ? sh`
      if [ -s /etc/kubernetes/kubelet.conf ] && node_known "$node" 20; then
          ${raw(command.continueNode)}
        else
          ${raw(again)}
        fi`
    : again
  return {
    content: command.config,
    check: sh`
      [ ! -e ${begun} ] && [ ! -e ${kept} ] || exit 1
      ${raw(command.completeWhen)}`,
    apply: sh`
      config=$P_RUN/kubeadm.yaml
      ${raw(content)} >"$config"
      chmod 600 "$config"
      node=$(setting name "$config")
      ledger kubernetes ${command.verb}
      kubeadm_run() { watched kubeadm ${command.verb} --config "$config" --ignore-preflight-errors "$1"; }
      before_kubeadm() {
        ${raw(before)}
      }
      finished() {
        ${raw(command.finished)}
      }
      ${raw(etcdIsFresh)}
      nothing_to_lose() {
        read -r _ _ noted <${begun} && [ "$noted" = "$node" ] || return 1
        ${raw(command.nothingToLose)}
      }
      ${raw(forgotten)}
      ignored=$(sed -n 's/^# ignorePreflightErrors: //p' "$config")
      if [ ! -e ${begun} ] && [ ! -e ${kept} ] && [ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ] &&
        [ ! -e /etc/kubernetes/kubelet.conf ] && [ ! -e /etc/kubernetes/bootstrap-kubelet.conf ]; then
        printf '%s %s %s\n' "$(cat /proc/sys/kernel/random/boot_id)" "$(date +%s)" "$node" >${begun}
        # What is noted of a cluster is of an earlier one: its proofs, its Corefile, what a reset did that was cut short.
        (cd "$P_STATE" && rm -rf verified addons corefile reset/packages reset/notes)
        settled "$P_STATE"
        before_kubeadm
        status=0
        kubeadm_run "$ignored" || status=$?
      elif [ -e ${begun} ] && [ ! -e ${kept} ] && finished; then
        say 'an earlier kubeadm ${raw(command.verb)} had finished: nothing is left to do'
        status=0
      else
        [ -e ${kept} ] || say 'an earlier kubeadm ${raw(command.verb)} did not finish: continuing it'
        ignored_now="$ignored,${raw(expected)}"
        status=0
        ${raw(continued)} || status=$?
        if [ "$status" -ne 0 ] && [ -e ${kept} ]; then
          # On a slow host kubeadm gives up after a minute what is about to come up.
          say 'it is tried once more, with what is there by now'
          ${raw(content)} >"$config"
          status=0
          ${raw(continued)} || status=$?
        elif [ "$status" -ne 0 ] && [ -e ${begun} ] && nothing_to_lose; then
          say 'it cannot be continued: undoing it and starting over'
          kubeadm reset --force --cri-socket "$(setting criSocket "$config")"
          status=0
          kubeadm_run "$ignored" || status=$?
        elif [ "$status" -ne 0 ]; then
          say ${lost} ${ways}
        fi
      fi
      rm -f "$config"
      [ "$status" -eq 0 ] || exit "$status"
      ${raw(after)}
      kubeadm version -o short >/var/lib/provision/kubernetes-version
      # What has joined a restored cluster is of that restore from here on, and the kubelet may start by itself again.
      [ ! -s ${kept} ] || [ ! -d /var/lib/etcd/member ] || cp ${kept} /var/lib/etcd/member/provision-restore
      release_unit kubelet.service
      settled /etc/kubernetes /var/lib/etcd /var/lib/kubelet "$P_STATE"
      rm -f ${begun} ${kept}`,
    output: sh`printf joined`,
  }
}
