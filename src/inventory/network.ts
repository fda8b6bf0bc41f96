import type { Network } from './inventory.ts'

/** Whether kube-router is the pod network. */
export function isKubeRouter(network: Network): boolean {
  return 'kubeRouter' in network
}

/** Whether kube-router serves Services, so that there is no kube-proxy. */
export function servesServices(network: Network): boolean {
  return 'kubeRouter' in network && network.kubeRouter.serviceProxy
}
