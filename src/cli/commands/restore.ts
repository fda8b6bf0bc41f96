import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UserError } from '../../errors.ts'
import type { GlobalOptions } from '../../operations/options.ts'
import type { RestoreOptions } from '../../operations/restore.ts'

/** A cluster out of an archive, on whatever hosts the inventory names. */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .argument('[file]', 'archive of `provision backup`')
    .option('--identity <file>', 'file with the secret key, instead of backup.identity')
    .option('--force', 'also restore over a running cluster; newer data is lost', false)
    .option('--abandon', 'give up an unfinished restore or rebuild', false)
    .summary('restore the cluster from a backup, on new or existing hosts')
    .description(
      'Verifies the archive, installs its CAs and etcd data on the first control plane and applies the inventory. Existing control plane ' +
        'files are moved to a backup directory, not deleted. Ends with a comparison of objects. If interrupted, run the same command to ' +
        'resume. Asks for the cluster name unless --yes is given.',
    )
    .action(async (file: string | undefined, own: RestoreOptions, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>()
      if (own.abandon) {
        const { giveUp } = await import('../../operations/abandon.ts')
        process.exitCode = await giveUp(options)
      } else {
        if (file === undefined) throw new UserError('which archive?', 'name one: provision restore FILE')
        const { restore } = await import('../../operations/restore.ts')
        process.exitCode = await restore(resolve(file), own, options)
      }
    })
}
