import type { Inventory } from '../inventory/inventory.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { shippedPlaybook } from './playbooks.ts'

interface Ending {
  /** As the operator typed it. */
  readonly command: string
  /** Restores and rebuilds that are given up: what they brought to a standstill runs again, and their archives leave the hosts. */
  readonly givenUp?: readonly string[]
}

/**
 * Has hosts forget that a restore or rebuild is under way, so that they take other commands again. Returns the names of those
 * that did not.
 */
export async function endOnHosts(
  inventory: Inventory,
  { command, givenUp = [] }: Ending,
  options: GlobalOptions,
): Promise<string[]> {
  const selected = inventory.hosts.filter((host) => host.state === 'up')
  const playbooks = [
    ...givenUp.map((id) => shippedPlaybook('rebuild/resume', { rebuild: id })),
    shippedPlaybook('restore/release-hosts', { ids: givenUp.join(' ') }),
  ]
  const { summary } = await execute(
    { command, mode: 'apply', undertaking: 'any', quiet: true, inventory, playbooks, selected },
    options,
  )
  const well = new Set(
    summary.hosts.filter(({ outcome }) => outcome === 'converged' || outcome === 'changed').map(({ name }) => name),
  )
  return summary.exitCode === 0 ? [] : selected.flatMap(({ name }) => (well.has(name) ? [] : [name]))
}
