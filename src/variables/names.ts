import type { HostFacts } from '../host-facts.ts'
import type { CoreDNS } from '../inventory/addons/schema.ts'
import { canonical } from '../inventory/addresses.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { endpointHost } from '../inventory/kubernetes/networks/endpoint.ts'
import type { VariableInput } from './input.ts'

/** Where the names of nodes are kept with `names: dns`. */
export interface Names {
  /** `.internal` is reserved for private use (ICANN, 2024), so nobody else's names are hidden. */
  readonly zone: string
  /** Addresses that answer for the zone, the first one's before all: what it does not know there is not. */
  readonly servers: readonly string[]
  /** Whether this host is the one that the other servers ask for names they do not know. */
  readonly first: boolean
  /** In /etc/hosts all the same: what this host must know while no server answers. */
  readonly local: readonly Host[]
}

/** What a node is called on other hosts: its name is written there, and with `names: dns` it has one in the zone. */
export function namesOfNode({ cluster, names }: Pick<Inventory, 'cluster' | 'names'>, { name }: Host): string[] {
  return [name, ...(names === 'dns' ? [`${name}.${cluster}.internal`] : [])]
}

/** glibc reads no more than three name servers. */
const enough = 3

/** Names by DNS as one host sees them. Pure. */
export function namesOf(inventory: Inventory, host: Host): Names {
  const planes = inventory.hosts.filter((each) => each.role === 'control-plane')
  const up = planes.filter((each) => each.state === 'up')
  const servers = up.length > 0 ? up : planes
  const endpoint = endpointHost(inventory.kubernetes.endpoint ?? '')
  const zone = `${inventory.cluster}.internal`
  return {
    zone,
    // As the host's own programs write them, so that they can be compared.
    servers: servers.slice(0, enough).map((each) => canonical(each.address)),
    first: servers[0]?.name === host.name,
    local: inventory.hosts.filter((each) => namesOfNode(inventory, each).includes(endpoint) || each === host),
  }
}

/** dnsmasq, which Debian packs without its service as dnsmasq-base. */
export function nameServerPackages(inventory: Inventory, host: Host, facts: HostFacts): string[] {
  if (inventory.names !== 'dns' || host.role !== 'control-plane') return []
  return [facts.family === 'debian' ? 'dnsmasq-base' : 'dnsmasq']
}

/** Arguments of the word `corefile`: the zone of nodes, where DNS keeps their names, and what the add-on coredns says. */
export function corefileOf(inventory: Inventory, host: Host) {
  const { zone, servers } = namesOf(inventory, host)
  const settings = inventory.addons.find((each) => each.name === 'coredns')?.settings as Partial<CoreDNS> | undefined
  const own = Object.entries(settings?.zones ?? {}).map(([name, list]) => ({ zone: name, servers: list }))
  return {
    zones: [...(inventory.names === 'dns' ? [{ zone, servers }] : []), ...own],
    forwarders: settings?.forwarders ?? [],
  }
}

/** Names of nodes, and how they are looked up. */
export function nameVariables({ inventory, host, facts }: VariableInput) {
  const corefile = corefileOf(inventory, host)
  return {
    names: namesOf(inventory, host),
    nameServerPackages: nameServerPackages(inventory, host, facts),
    corefile,
    forwardersGiven: corefile.forwarders.length > 0,
  }
}
