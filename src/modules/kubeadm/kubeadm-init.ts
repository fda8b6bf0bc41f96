import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { initRestoredIsHere } from '../etcd/etcd-restore.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'
import { kubeadmCommand } from './kubeadm.ts'

const files = sh`[ -s /etc/kubernetes/admin.conf ] && [ -s /etc/kubernetes/kubelet.conf ] &&
            [ -s /etc/kubernetes/manifests/kube-apiserver.yaml ]`

/** The first control plane. */
export const kubeadmInit = defineModule({
  name: 'kubeadmInit',
  summary: 'Makes the first control plane with kubeadm; continues or undoes an init that was cut short.',
  schema: z.strictObject({
    config: templateName.describe('EJS template of the v1beta4 InitConfiguration and ClusterConfiguration'),
  }),
  timeout: 900,
  library: 'kubelet',
  compile: (args, context) =>
    kubeadmCommand(
      {
        verb: 'init',
        config: context.render(args.config),
        completeWhen: sh`
          ${raw(files)} || exit 1
          wait_for 60 'the API server' api_answers || exit 2`,
        // Its last objects: of CoreDNS, and of kube-proxy where that is not left out.
        finished: sh`
          ${raw(files)} && api_answers || return 1
          wanted=service/kube-dns
          grep -q addon/kube-proxy "$config" || wanted="$wanted daemonset/kube-proxy"
          # shellcheck disable=SC2086 # a list of words
          kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 20s -n kube-system get $wanted -o name`,
        nothingToLose: sh`
          # An etcd that was started is asked: its data may be on a disk that is not there for the moment.
          for trace in /var/lib/etcd/member /etc/kubernetes/manifests/etcd.yaml /etc/kubernetes/manifests/kube-apiserver.yaml \
            /etc/kubernetes/kubelet.conf; do
            if [ -e "$trace" ]; then
              etcd_is_fresh "$node"
              return
            fi
          done`,
        restoredIsHere: initRestoredIsHere,
        ignoreOnContinue: [
          'FileAvailable--etc-kubernetes-manifests-kube-apiserver.yaml',
          'FileAvailable--etc-kubernetes-manifests-kube-controller-manager.yaml',
          'FileAvailable--etc-kubernetes-manifests-kube-scheduler.yaml',
          'FileAvailable--etc-kubernetes-manifests-etcd.yaml',
        ],
      },
      context,
    ),
})
