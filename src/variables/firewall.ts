import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Opening } from '../catalogue/ports.ts'
import { isIP } from '../inventory/addresses.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { encapsulationOf, isKubeRouter, servesServices } from '../inventory/kubernetes/networks/network.ts'

/** Arguments of the `firewall` word. */
export interface FirewallPlan {
  readonly mode: 'open' | 'off' | 'leave'
  readonly sources: {
    readonly nodes: readonly string[]
    readonly 'control-planes': readonly string[]
    readonly pods: readonly string[]
  }
  /** Hosts whose address is a name, which no rule can hold. */
  readonly unresolved: readonly string[]
  readonly openings: readonly Pick<Opening, 'name' | 'protocol' | 'ports' | 'from'>[]
}

/** What the firewall of one host has to let in. Pure. */
export function firewallOf(inventory: Inventory, host: Host, catalogue: Catalogue): FirewallPlan {
  const { mode, nodes, ports } = inventory.firewall
  const planes = inventory.hosts.filter((each) => each.role === 'control-plane')
  const rows = catalogue.ports.filter((row) => row.on.includes(host.role) && isUsed(row, inventory))
  return {
    mode,
    sources: {
      nodes: nodes ?? addresses(inventory.hosts),
      'control-planes': nodes ?? addresses(planes),
      pods: [inventory.kubernetes.podSubnet],
    },
    unresolved:
      nodes === undefined ? inventory.hosts.filter((each) => !isIP(each.address)).map((each) => each.name) : [],
    openings: [
      ...rows.map(({ name, protocol, ports, from }) => ({ name, protocol, ports, from })),
      ...ports.map((text): FirewallPlan['openings'][number] => {
        const [numbers, protocol] = text.split('/')
        return { name: 'as the inventory says', protocol: protocol as 'tcp' | 'udp', ports: numbers, from: ['nodes'] }
      }),
    ],
  }
}

function isUsed(row: Opening, inventory: Inventory): boolean {
  if (row.with === 'kube-router') return isKubeRouter(inventory.network)
  if (row.with === 'service-proxy') return servesServices(inventory.network)
  if (row.with === 'kube-proxy') return !servesServices(inventory.network)
  if (row.with === 'ipip' || row.with === 'fou') return encapsulationOf(inventory.network) === row.with
  if (row.with === 'names') return inventory.names === 'dns'
  return true
}

function addresses(hosts: readonly Host[]): string[] {
  return hosts.map((each) => each.address).filter(isIP)
}
