import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** Brings here what the control planes' timers made. */
export function registerFetch(backup: Command): void {
  backup
    .command('fetch')
    .summary("bring the archives here that the control planes' own timer has made")
    .description(
      'Copies the archives that are not here yet, and that backup.keep would keep, from the control planes that answer; they ' +
        'stay there, too. Meant for cron on a machine that is not one of the cluster.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { fetchArchives } = await import('../../operations/backup/fetch.ts')
      process.exitCode = await fetchArchives(command.optsWithGlobals<GlobalOptions>())
    })
}
