import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** The same programs in check mode: what would change, and nothing does. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .summary('show what a run would change, host by host, and change nothing')
    .description(
      'Runs the same programs with their changes made unreachable, and shows what they would do. ' +
        'Exit code 0: nothing to do; 3: there are changes.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { plan } = await import('../../operations/converge.ts')
      process.exitCode = await plan(command.optsWithGlobals<GlobalOptions>())
    })
}
