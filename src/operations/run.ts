import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'
import { refuseUnfinished } from './unfinished.ts'

/** Runs playbooks of the operator, or plans what they would do. Returns the exit code. */
export async function run(files: readonly string[], check: boolean, options: GlobalOptions): Promise<number> {
  const inventory = loadInventory(options.inventory, 'reach')
  if (!check) await refuseUnfinished(inventory)
  const work = {
    command: `provision run ${files.join(' ')}`,
    mode: check ? ('check' as const) : ('apply' as const),
    inventory,
    playbooks: ownPlaybooks(files, inventory),
    selected: selectHosts(inventory, options.limit),
  }
  const { summary } = await execute(work, options)
  return summary.exitCode
}
