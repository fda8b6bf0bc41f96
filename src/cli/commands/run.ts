import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

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
      const { run } = await import('../../operations/run.ts')
      process.exitCode = await run(files, own.check, command.optsWithGlobals<GlobalOptions>())
    })
}
