import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { Wishes } from '../../rebuild/diagnose.ts'

/** A broken cluster made anew, with what it held. */
export function registerRebuild(program: Command): void {
  program
    .command('rebuild')
    .option('--from <archive>', 'rebuild from this archive, ignoring data on the hosts')
    .option('--empty', 'create an empty cluster; all data is lost', false)
    .option('--force', 'also rebuild healthy parts', false)
    .option('--abandon', 'give up an unfinished rebuild or restore', false)
    .summary('repair or rebuild a broken cluster, keeping its data')
    .description(
      'Diagnoses all hosts and prints a plan. Saves the data of etcd as a verified, encrypted archive on this machine. Then rebuilds ' +
        'control planes with the same CAs and data. Existing files are moved to a backup directory on their host. Pods on workers keep ' +
        'running. Ends with a comparison of objects and containers. If interrupted, run the same command to resume. ' +
        'Asks for the cluster name unless --yes is given.',
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
