import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { restoreId } from '../etcd/etcd-restore.ts'
import { defineModule } from '../module.ts'

/**
 * A worker of before keeps its kubelet's identity where the restored control plane takes it, and its pods with it. Where it
 * does not (expired, another CA, another endpoint), the identity alone is moved aside and the host joins anew, as which the
 * kubelet finds its containers again. `kubeadm join` starts a kubelet and touches no container.
 */
export const kubeletIdentity = defineModule({
  name: 'kubeletIdentity',
  summary: "Keeps a worker's kubelet as it is where the control plane knows it; otherwise has it join again.",
  schema: z.strictObject({
    id: restoreId,
    node: z.string().describe('Name of the node'),
    endpoint: z.string().describe('Where the restored control plane answers, as host:port'),
  }),
  timeout: 300,
  library: 'kubelet',
  compile(args, context) {
    // Before the restored control plane answers, it would be the old one that says yes.
    const early = context.value('clusterCA') === undefined ? 'exit 1' : ':'
    // One that is called otherwise may be a control plane of before, which lives on somewhere and lets it in, too.
    const ours = sh`grep -qF ${`server: https://${args.endpoint}`} /etc/kubernetes/kubelet.conf`
    const ask = sh`${raw(ours)} && node_known ${args.node} 10`
    return {
      check: sh`
        ${raw(early)}
        kubelet_joined || exit 0
        if ${raw(ask)}; then exit 0; else exit 1; fi`,
      apply: sh`
        ${raw(context.render('restore/control-plane.sh'))}
        ask() { ${raw(ask)} 2>&1; }
        left=6
        while :; do
          answer=$(ask) && exit 0
          case $answer in
          *'(NotFound)'*)
            # A kubelet makes its Node only when it starts.
            say 'the node is not known any more: having the kubelet register it'
            kubelet_mark
            systemctl restart kubelet.service
            wait_while kubelet_trouble 60 'the kubelet to register its node' ask
            exit 0
            ;;
          *x509* | *Unauthorized* | *'must be logged in'* | *expired*) break ;;
          esac
          left=$((left - 1))
          [ "$left" -gt 0 ] && ${raw(ours)} || break
          sleep 5
        done
        say "the kubelet is not let in, or by another control plane: $answer"
        saved=$P_STATE/saved/${args.id}
        mkdir -p "$saved"
        chmod 700 "$P_STATE/saved" "$saved"
        systemctl stop kubelet.service
        save_directory /etc/kubernetes kubernetes
        save_directory /var/lib/kubelet/pki kubelet-pki
        printf '%s\\n' ${args.id} >/var/lib/provision/kubeadm-join.restored
        settled /var/lib/provision/kubeadm-join.restored
        rm -rf /var/lib/kubelet/pki
        rm -f /etc/kubernetes/pki/ca.crt /etc/kubernetes/bootstrap-kubelet.conf /etc/kubernetes/kubelet.conf`,
    }
  },
})
