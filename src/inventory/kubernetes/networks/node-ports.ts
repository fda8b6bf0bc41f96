import type { Inventory } from '../../inventory.ts'
import { isKubeRouter } from './network.ts'

export interface NodePort {
  readonly port: number
  readonly owner: string
}

const ofKubernetes: readonly NodePort[] = [
  { port: 2379, owner: 'etcd' },
  { port: 2380, owner: 'etcd' },
  { port: 6443, owner: 'the API server' },
  { port: 10248, owner: 'the kubelet' },
  { port: 10249, owner: 'kube-proxy' },
  { port: 10250, owner: 'the kubelet' },
  { port: 10256, owner: 'kube-proxy' },
  { port: 10257, owner: 'the controller manager' },
  { port: 10259, owner: 'the scheduler' },
]
const ofKubeRouter: readonly NodePort[] = [
  { port: 179, owner: 'kube-router' },
  { port: 20244, owner: 'kube-router' },
]

/**
 * Ports that are taken on nodes, before others ask for any.
 * Source: src/catalogue/ports.yaml; kubeadm's preflight; networks/kube-router/manifest.yaml.ejs.
 */
export function takenPorts({ hosts, network }: Pick<Inventory, 'hosts' | 'network'>): readonly NodePort[] {
  return [
    ...(isKubeRouter(network) ? ofKubeRouter : []),
    ...ofKubernetes,
    ...hosts.map((host) => ({ port: host.ssh.port ?? 22, owner: 'sshd' })),
  ]
}
