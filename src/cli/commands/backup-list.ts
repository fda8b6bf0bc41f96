import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** The archives on this machine; nobody is contacted. */
export function registerList(backup: Command): void {
  backup
    .command('list')
    .summary('list backups on this machine')
    .description('Newest first: creation time, content and whether each was verified. Contacts no host.')
    .action(async (_own: unknown, command: Command) => {
      const { list } = await import('../../operations/backup/list.ts')
      await list(command.optsWithGlobals<GlobalOptions>())
    })
}
