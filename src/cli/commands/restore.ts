import { resolve } from 'node:path'
import type { Command } from 'commander'
import { UserError } from '../../errors.ts'
import type { GlobalOptions } from '../../operations/options.ts'
import type { RestoreOptions } from '../../operations/restore.ts'

/** A cluster out of an archive, on whatever hosts the inventory names. */
export function registerRestore(program: Command): void {
  program
    .command('restore')
    .argument('[file]', 'archive that `provision backup` made')
    .option('--identity <file>', 'file with the secret key that opens it, in place of backup.identity')
    .option('--force', 'also where the cluster lives: it is taken back to when the archive was made', false)
    .option('--abandon', 'give up a restore or rebuild that has not ended', false)
    .summary('make the cluster out of an archive, on new hosts or on what is left of it')
    .description(
      'Proves the archive, puts its CAs and its etcd data on the first control plane, and has all hosts converge. What is ' +
        'there of control planes is moved aside, not deleted. Ends with a comparison of the objects of before with those ' +
        'that are there. Killed anywhere, the same command again goes on. Asks for the name of the cluster, or takes --yes.',
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
