import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { VerifyOptions } from '../../operations/backup/verify.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** Proves an archive. */
export function registerVerify(backup: Command): void {
  backup
    .command('verify')
    .argument('<file>', 'archive file')
    .option('--identity <file>', 'file with the secret key, instead of backup.identity')
    .option('--local', 'check only what this machine can check; contacts no host', false)
    .summary('test a backup: restore it into a scratch etcd and count its objects')
    .description(
      'Checks every checksum of the archive. Then restores it on a control plane into an isolated etcd, counts its objects by kind ' +
        'and removes it. The cluster is not changed.',
    )
    .action(async (file: string, own: VerifyOptions, command: Command) => {
      const { verify } = await import('../../operations/backup/verify.ts')
      process.exitCode = await verify(resolve(file), own, command.optsWithGlobals<GlobalOptions>())
    })
}
