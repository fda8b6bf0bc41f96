import { type Command, InvalidArgumentError } from 'commander'
import type { RenewOptions } from '../../operations/certs.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** How long the certificates of all nodes are good for, and new ones. */
export function registerCerts(program: Command): void {
  const certs = program
    .command('certs')
    .summary('show certificate expiry dates; `certs renew` renews them')
    .description(
      'Shows the certificates of every node: control planes, CAs and kubelets, and whether running processes use them. ' +
        'Read-only. Exit code 0: all are valid for 30 days; 1: one is not, or a host did not answer.',
    )
    .action(async (_options: unknown, command: Command) => {
      const { show } = await import('../../operations/certs.ts')
      process.exitCode = await show(command.optsWithGlobals<GlobalOptions>())
    })
  certs
    .command('renew')
    .option('--within <days>', 'renew certificates that expire within this many days', parseDays, 30)
    .option('--force', 'renew all certificates', false)
    .summary('renew certificates, one control plane at a time')
    .description(
      'Renews certificates and kubeconfigs of control planes that expire soon and restarts what uses them, one control plane at a time. ' +
        'Works with expired certificates and without an API server. Renews expired kubelet certificates; restarts no pod. ' +
        'CAs are not renewed.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  provision certs renew              certificates that expire within 30 days\n  provision certs renew --within 90  before a maintenance freeze\n  provision certs renew --force      after a possible key leak',
    )
    .action(async (own: RenewOptions, command: Command) => {
      const { renew } = await import('../../operations/certs.ts')
      process.exitCode = await renew(own, command.optsWithGlobals<GlobalOptions>())
    })
}

function parseDays(text: string): number {
  const days = /^\d+$/.test(text) ? Number(text) : -1
  if (days < 0 || days > 3650) throw new InvalidArgumentError('write a whole number of days, such as 90.')
  return days
}
