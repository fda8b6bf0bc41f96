import { createHash, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { sh } from '../shell/quote.ts'
import { templateName } from './fields.ts'
import { kubeadmCommand } from './kubeadm.ts'
import { defineModule } from './module.ts'

/** A worker, or a further control plane. */
export const kubeadmJoin = defineModule({
  name: 'kubeadmJoin',
  summary: 'Joins the cluster with kubeadm; continues or undoes a join that was cut short.',
  schema: z.strictObject({
    config: templateName.describe('EJS template of the v1beta4 JoinConfiguration'),
    controlPlane: z.boolean().default(false).describe('Join as a control plane'),
  }),
  timeout: 900,
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
      },
      context,
    )
  },
})

/**
 * The pin of a cluster's CA as kubeadm wants it: `sha256:` and the SHA-256 of the DER SubjectPublicKeyInfo, in hex.
 * Source: kubeadm's reference, "token-based discovery with CA pinning".
 */
export function caCertHash(certificate: string): string {
  const der = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' })
  return `sha256:${createHash('sha256').update(der).digest('hex')}`
}
