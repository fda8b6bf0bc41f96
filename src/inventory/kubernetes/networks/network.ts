import type { Network } from '../../inventory.ts'

/** Whether kube-router is the pod network. */
export function isKubeRouter(network: Network): boolean {
  return 'kubeRouter' in network
}

/** Whether kube-router serves Services, so that there is no kube-proxy. */
export function servesServices(network: Network): boolean {
  return 'kubeRouter' in network && network.kubeRouter.serviceProxy
}

/** How kube-router wraps packets of pods between nodes; undefined with another network. */
export function encapsulationOf(network: Network): 'ipip' | 'fou' | undefined {
  return 'kubeRouter' in network ? (network.kubeRouter.encapsulation ?? 'ipip') : undefined
}
