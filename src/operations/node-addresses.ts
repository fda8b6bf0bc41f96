import { join } from 'node:path'
import { readIfThere } from '../disk/denied.ts'
import { replaceFile } from '../disk/durable.ts'
import { entryOf } from '../entry-of.ts'
import { UserError } from '../errors.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { chooseAddress, parseAddresses } from '../run/node-address.ts'
import { shipped } from '../shipped.ts'
import { stateDirectory } from './state.ts'

/** What a rule chose, by host: so that hosts are asked once, and not in every run. */
type Chosen = Readonly<Record<string, { readonly rule: string; readonly address: string }>>

/** What of a work names hosts. */
interface Settling {
  readonly inventory: Inventory
  readonly selected: readonly Host[]
  readonly observe?: boolean
}

/** Has hosts run playbooks that change nothing. */
type Ask = (question: {
  readonly inventory: Inventory
  readonly playbooks: readonly Playbook[]
  readonly selected: readonly Host[]
}) => Promise<{
  readonly summary: RunSummary
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string>>
}>

/**
 * The work with the addresses that rules (`node: { interface }`, `{ network }`) choose. Hosts that were not asked yet are
 * asked by `ask`, which runs a work that changes nothing. Throws UserError where a rule fits none of a host's addresses.
 */
export async function withNodeAddresses<Work extends Settling>(work: Work, ask: Ask): Promise<Work> {
  const { ruled, known, open } = ruledHosts(work.inventory)
  if (ruled.length === 0) return work
  // What only looks does without: it names hosts, not their addresses.
  const found = open.length === 0 || work.observe ? {} : await askHosts(work.inventory, open, ask)
  const chosen = { ...known, ...found }
  if (Object.keys(found).length > 0) keepChosen(work.inventory, chosen)
  const settle = (host: Host) => settled(host, chosen)
  return {
    ...work,
    inventory: { ...work.inventory, hosts: work.inventory.hosts.map(settle) },
    selected: work.selected.map(settle),
  }
}

/** The inventory with the addresses that rules chose when hosts were asked, and the names of those that never were. */
export function withKnownAddresses(inventory: Inventory): { readonly inventory: Inventory; readonly open: string[] } {
  const { known, open } = ruledHosts(inventory)
  const hosts = inventory.hosts.map((host) => settled(host, known))
  return { inventory: { ...inventory, hosts }, open: open.map((host) => host.name) }
}

/** Hosts whose address a rule chooses, what was chosen before, and those of which it is not known. */
function ruledHosts(inventory: Inventory): { ruled: readonly Host[]; known: Chosen; open: readonly Host[] } {
  const ruled = inventory.hosts.filter((host) => host.node !== undefined && host.node.address === undefined)
  const known = ruled.length === 0 ? {} : readChosen(inventory)
  const open = ruled.filter((host) => host.state === 'up' && entryOf(known, host.name)?.rule !== ruleOf(host))
  return { ruled, known, open }
}

function settled(host: Host, chosen: Chosen): Host {
  const found = entryOf(chosen, host.name)
  return found === undefined || found.rule !== ruleOf(host) ? host : { ...host, address: found.address }
}

async function askHosts(inventory: Inventory, hosts: readonly Host[], ask: Ask): Promise<Chosen> {
  const file = shipped('playbooks/queries/addresses.yaml')
  const playbooks = loadPlaybooks([file])
  const { outputs, summary } = await ask({ inventory, playbooks, selected: hosts })
  const told = outputs.get('addresses')
  return Object.fromEntries(
    hosts.map((host) => {
      const text = told?.get(host.name)
      if (text === undefined) {
        const error = summary.hosts.find((each) => each.name === host.name)?.error
        throw new UserError(
          `${host.name} has to say which of its addresses is the node's, and does not answer${error ? `: ${error}` : ''}`,
          'write node: { address: … } in the inventory, or state: down where it is off',
        )
      }
      const addresses = parseAddresses(text)
      const address = chooseAddress(host.node ?? {}, addresses)
      if (address === undefined) {
        const has = addresses.map((each) => `${each.link} ${each.address}`).join(', ')
        throw new UserError({
          message: `${host.name} has no address that ${ruleOf(host)} fits; it has ${has || 'none'}`,
          source: host.source,
          hint: 'correct node: of this host',
        })
      }
      return [host.name, { rule: ruleOf(host), address }]
    }),
  )
}

function ruleOf(host: Host): string {
  const { node } = host
  return node?.interface === undefined ? `network ${node?.network}` : `interface ${node.interface}`
}

function path(inventory: Inventory): string {
  return join(stateDirectory(inventory), 'node-addresses.json')
}

function readChosen(inventory: Inventory): Chosen {
  const text = readIfThere(path(inventory))
  try {
    return JSON.parse(text ?? '{}') as Chosen
  } catch {
    return {}
  }
}

function keepChosen(inventory: Inventory, chosen: Chosen): void {
  replaceFile(path(inventory), `${JSON.stringify(chosen, null, 2)}\n`)
}
