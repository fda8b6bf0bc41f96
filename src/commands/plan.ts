import type { Command } from 'commander'
import { loadWork } from './converge.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'

/** The same programs in check mode: what would change, and nothing does. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .summary('show what a run would change, host by host, and change nothing')
    .description(
      'Runs the same programs with their changes made unreachable, and shows what they would do. ' +
        'Exit code 0: nothing to do; 3: there are changes.',
    )
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>()
      const { summary } = await execute(loadWork('provision plan', 'check', options), options)
      process.exitCode = summary.exitCode
    })
}
