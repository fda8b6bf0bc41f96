import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** Brings here what the control planes' timers made. */
export function registerFetch(backup: Command): void {
  backup
    .command('fetch')
    .summary('download scheduled backups')
    .description(
      'Downloads archives of the backup timer that are missing here and that backup.keep retains. Archives also stay on the control planes. ' +
        'Run it from cron on a machine outside the cluster.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { fetchArchives } = await import('../../operations/backup/fetch.ts')
      process.exitCode = await fetchArchives(command.optsWithGlobals<GlobalOptions>())
    })
}
