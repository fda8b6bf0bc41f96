import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** Any playbook, on the inventory's hosts. */
export function registerRun(program: Command): void {
  program
    .command('run')
    .argument('<playbook...>', 'playbook files, in order')
    .option('--check', 'preview changes; changes nothing', false)
    .summary('run your own playbooks')
    .description('Runs playbooks on hosts of the inventory with the same checks, locks and reports as a full run.')
    .action(async (files: string[], own: { check: boolean }, command: Command) => {
      const { run } = await import('../../operations/run.ts')
      process.exitCode = await run(files, own.check, command.optsWithGlobals<GlobalOptions>())
    })
}
