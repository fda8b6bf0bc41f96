import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import { registerFetch } from './backup-fetch.ts'
import { registerList } from './backup-list.ts'
import { registerVerify } from './backup-verify.ts'

/** Archives of the cluster: made, listed, proven, fetched. */
export function registerBackup(program: Command): void {
  const backup = program
    .command('backup')
    .summary('create an encrypted backup: etcd, certificates, configuration')
    .description(
      'Creates an archive on a control plane with a healthy etcd and stores it here, encrypted. Checks the archive while it arrives; ' +
        '`provision backup verify` tests that it can be restored. Deletes old archives as backup.keep says.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { makeBackup } = await import('../../operations/backup/make.ts')
      process.exitCode = await makeBackup(command.optsWithGlobals<GlobalOptions>())
    })
  registerList(backup)
  registerVerify(backup)
  registerFetch(backup)
}
