import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import { registerFetch } from './backup-fetch.ts'
import { registerList } from './backup-list.ts'
import { registerVerify } from './backup-verify.ts'

/** Archives of the cluster: made, listed, proven, fetched. */
export function registerBackup(program: Command): void {
  const backup = program
    .command('backup')
    .summary('make an encrypted archive of the cluster: etcd, certificates, configuration')
    .description(
      'Makes an archive on a control plane whose etcd is healthy, and keeps it here, encrypted. It is read to its end as it ' +
        'comes; `provision backup verify` proves it. Old ones are removed as backup.keep in the inventory says.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { makeBackup } = await import('../../operations/backup/make.ts')
      process.exitCode = await makeBackup(command.optsWithGlobals<GlobalOptions>())
    })
  registerList(backup)
  registerVerify(backup)
  registerFetch(backup)
}
