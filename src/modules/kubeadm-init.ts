import { z } from 'zod'
import { sh } from '../shell/quote.ts'
import { templateName } from './fields.ts'
import { kubeadmCommand } from './kubeadm.ts'
import { defineModule } from './module.ts'

/** The first control plane. */
export const kubeadmInit = defineModule({
  name: 'kubeadmInit',
  summary: 'Makes the first control plane with kubeadm; continues or undoes an init that was cut short.',
  schema: z.strictObject({
    config: templateName.describe('EJS template of the v1beta4 InitConfiguration and ClusterConfiguration'),
  }),
  timeout: 900,
  compile: (args, context) =>
    kubeadmCommand(
      {
        verb: 'init',
        config: context.render(args.config),
        completeWhen: sh`
          [ -s /etc/kubernetes/admin.conf ] && [ -s /etc/kubernetes/kubelet.conf ] &&
            [ -s /etc/kubernetes/manifests/kube-apiserver.yaml ] || exit 1
          wait_for 60 'the API server' api_answers || exit 2`,
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
