import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** The archives on this machine; nobody is contacted. */
export function registerList(backup: Command): void {
  backup
    .command('list')
    .summary('list the archives on this machine')
    .description('The newest first: when each was made, what is in it, and whether it was proven. Contacts nobody.')
    .action(async (_own: unknown, command: Command) => {
      const { list } = await import('../../operations/backup/list.ts')
      await list(command.optsWithGlobals<GlobalOptions>())
    })
}
