import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { Wishes } from '../../rebuild/diagnose.ts'

/** A broken cluster made anew, with what it held. */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .option('--from <archive>', 'build from this archive, whatever the hosts hold')
    .option('--empty', 'begin anew with nothing: all that the cluster held is gone', false)
    .option('--force', 'rebuild also what is well', false)
    .option('--abandon', 'give up a rebuild or restore that has not ended', false)
    .summary('mend a broken cluster, or make it anew with what it held')
    .description(
      'Looks at all hosts and says what is wrong and what it is going to do. Saves what etcd holds, or left, as an ' +
        'encrypted archive on this machine and proves it; only then are control planes made anew with the same CAs and ' +
        'that data. What was there is moved aside on its host. Pods on workers run on. Ends with a comparison of objects ' +
        'and containers of before and after. Killed anywhere, the same command again goes on. Asks for the name of the ' +
        'cluster, or takes --yes.',
    )
    .action(async ({ abandon, ...own }: Wishes & { readonly abandon: boolean }, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>()
      const from = own.from === undefined ? {} : { from: resolve(own.from) }
      if (abandon) {
        const { giveUp } = await import('../../operations/abandon.ts')
        process.exitCode = await giveUp(options)
      } else {
        const { rebuild } = await import('../../operations/rebuild/rebuild.ts')
        process.exitCode = await rebuild({ ...own, ...from }, options)
      }
    })
}
