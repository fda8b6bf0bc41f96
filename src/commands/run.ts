import type { Command } from 'commander'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/select.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'
import { refuseUnfinished } from './unfinished.ts'

/** Any playbook, on the inventory's hosts. */
export function registerRun(program: Command): void {
  program
    .command('run')
    .argument('<playbook...>', 'playbook files, run one after the other')
    .option('--check', 'show what would change, and change nothing', false)
    .summary('run playbooks of your own')
    .description(
      'Runs playbooks on the hosts of the inventory, with the same checks, locks and reports as a whole run.',
    )
    .action(async (files: string[], own: { check: boolean }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>()
      const inventory = loadInventory(options.inventory, 'reach')
      if (!own.check) await refuseUnfinished(inventory)
      const work = {
        command: `provision run ${files.join(' ')}`,
        mode: own.check ? ('check' as const) : ('apply' as const),
        inventory,
        playbooks: ownPlaybooks(files, inventory),
        selected: selectHosts(inventory, options.limit),
      }
      const { summary } = await execute(work, options)
      process.exitCode = summary.exitCode
    })
}
