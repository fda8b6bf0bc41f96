import { entryOf } from '../entry-of.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { z } from '../zod.ts'
import { readCache, writeState } from './json-file.ts'
import { statePaths } from './paths.ts'

const schema = z.record(z.string(), z.object({ rule: z.string(), address: z.string() }))

/** What a rule chose, by host: so that hosts are asked once, and not in every run. */
export type Chosen = Readonly<z.infer<typeof schema>>

/** The inventory with the addresses that rules chose when hosts were asked, and the names of those that never were. */
export function withKnownAddresses(inventory: Inventory): { readonly inventory: Inventory; readonly open: string[] } {
  const { known, open } = ruledHosts(inventory)
  const hosts = inventory.hosts.map((host) => settled(host, known))
  return { inventory: { ...inventory, hosts }, open: open.map((host) => host.name) }
}

/** Hosts whose address a rule chooses, what was chosen before, and those of which it is not known. */
export function ruledHosts(inventory: Inventory): { ruled: readonly Host[]; known: Chosen; open: readonly Host[] } {
  const ruled = inventory.hosts.filter((host) => host.node !== undefined && host.node.address === undefined)
  const known = ruled.length === 0 ? {} : (readCache(statePaths(inventory).nodeAddresses, schema) ?? {})
  const open = ruled.filter((host) => host.state === 'up' && entryOf(known, host.name)?.rule !== ruleOf(host))
  return { ruled, known, open }
}

/** The host with the address that its rule chose, where it is known. */
export function settled(host: Host, chosen: Chosen): Host {
  const found = entryOf(chosen, host.name)
  return found === undefined || found.rule !== ruleOf(host) ? host : { ...host, address: found.address }
}

/** The rule of a host as it is noted. */
export function ruleOf(host: Host): string {
  const { node } = host
  return node?.interface === undefined ? `network ${node?.network}` : `interface ${node.interface}`
}

/** Notes what rules chose. */
export function keepChosen(inventory: Inventory, chosen: Chosen): void {
  writeState(statePaths(inventory).nodeAddresses, chosen)
}
