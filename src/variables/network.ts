import { isKubeRouter, servesServices } from '../inventory/kubernetes/networks/network.ts'
import { firewallOf } from './firewall.ts'
import type { VariableInput } from './input.ts'
import { podLinks } from './pod-links.ts'

/** The network of pods and services, and what hosts let in. */
export function networkVariables({ inventory, host, catalogue }: VariableInput) {
  const { network, kubernetes } = inventory
  return {
    network: isKubeRouter(network) ? 'kube-router' : 'another manifest',
    networkManifest:
      'manifest' in network ? { from: network.manifest } : { template: 'networks/kube-router/manifest.yaml.ejs' },
    networkIdentity: JSON.stringify([network, kubernetes.podSubnet, kubernetes.serviceSubnet]),
    serviceProxy: servesServices(network) ? 'kube-router' : 'kube-proxy',
    podLinks,
    firewall: firewallOf(inventory, host, catalogue),
  }
}
