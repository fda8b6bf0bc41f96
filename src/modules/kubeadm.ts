import { raw, type ShellText, sh } from '../shell/quote.ts'
import type { ModuleContext, TaskBody } from './module.ts'

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
  /** What preflight finds of an interrupted command of this kind, beside the traces of any control plane. */
  readonly ignoreOnContinue: readonly string[]
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
 * If continuing fails, and our note says that we began it and it never completed, there is nothing in it to lose:
 * `kubeadm reset` undoes it and it is run once more. What we did not begin is never undone.
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
      kubeadm_run() { kubeadm ${command.verb} --config "$config" --ignore-preflight-errors "$1"; }
      before_kubeadm() {
        ${raw(before)}
      }
      ignored=$(sed -n 's/^# ignorePreflightErrors: //p' "$config")
      if [ ! -e ${begun} ] && [ ! -e ${kept} ] && [ ! -e /etc/kubernetes/manifests/kube-apiserver.yaml ] &&
        [ ! -e /etc/kubernetes/kubelet.conf ] && [ ! -e /etc/kubernetes/bootstrap-kubelet.conf ]; then
        : >${begun}
        settled ${begun}
        before_kubeadm
        status=0
        kubeadm_run "$ignored" || status=$?
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
        elif [ "$status" -ne 0 ] && [ -e ${begun} ]; then
          say 'it cannot be continued: undoing it and starting over'
          kubeadm reset --force --cri-socket "$(setting criSocket "$config")"
          status=0
          kubeadm_run "$ignored" || status=$?
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
