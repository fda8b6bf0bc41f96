import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** The same programs in check mode: what would change, and nothing does. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .summary('preview what a run would change, with diffs')
    .description(
      'Runs the same programs in check mode, which cannot make changes. Exit code 0: no changes; 3: changes found.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { plan } = await import('../../operations/converge.ts')
      process.exitCode = await plan(command.optsWithGlobals<GlobalOptions>())
    })
}
