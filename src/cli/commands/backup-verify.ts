import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { VerifyOptions } from '../../operations/backup/verify.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** Proves an archive. */
export function registerVerify(backup: Command): void {
  backup
    .command('verify')
    .argument('<file>', 'an archive')
    .option('--identity <file>', 'file with the secret key that opens it, in place of backup.identity')
    .option('--local', 'only what can be proven on this machine: nobody is contacted', false)
    .summary('prove an archive: restore it into a scratch etcd and count its objects')
    .description(
      'Opens the archive and checks every sum in it. Then a control plane restores it into an etcd of its own, which nothing ' +
        'else can reach and of which nothing is left, and counts the objects of every kind. The cluster is not touched.',
    )
    .action(async (file: string, own: VerifyOptions, command: Command) => {
      const { verify } = await import('../../operations/backup/verify.ts')
      process.exitCode = await verify(resolve(file), own, command.optsWithGlobals<GlobalOptions>())
    })
}
