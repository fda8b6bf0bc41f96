import { UserError } from '../errors.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { chooseAddress, parseAddresses } from '../run/node-address.ts'
import { type Chosen, keepChosen, ruledHosts, ruleOf, settled } from '../state/node-addresses.ts'
import { shippedPlaybook } from './playbooks.ts'

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

async function askHosts(inventory: Inventory, hosts: readonly Host[], ask: Ask): Promise<Chosen> {
  const playbooks = [shippedPlaybook('queries/addresses')]
  const { outputs, summary } = await ask({ inventory, playbooks, selected: hosts })
  const told = outputs.get('addresses')
  return Object.fromEntries(
    hosts.map((host) => {
      const text = told?.get(host.name)
      if (text === undefined) {
        const error = summary.hosts.find((each) => each.name === host.name)?.error
        throw new UserError(
          `${host.name} does not respond, and its node address is unknown${error ? `: ${error}` : ''}`,
          'set node: { address: … } in the inventory, or state: down if it is off',
        )
      }
      const addresses = parseAddresses(text)
      const address = chooseAddress(host.node ?? {}, addresses)
      if (address === undefined) {
        const has = addresses.map((each) => `${each.link} ${each.address}`).join(', ')
        throw new UserError({
          message: `${host.name} has no address for ${ruleOf(host)}; it has ${has || 'none'}`,
          source: host.source,
          hint: 'correct node: of this host',
        })
      }
      return [host.name, { rule: ruleOf(host), address }]
    }),
  )
}
