import { type Command, InvalidArgumentError } from 'commander'
import type { RenewOptions } from '../../operations/certs.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** How long the certificates of all nodes are good for, and new ones. */
export function registerCerts(program: Command): void {
  const certs = program
    .command('certs')
    .summary('show until when every certificate is good; certs renew makes new ones')
    .description(
      "Shows the certificates of every node: control planes' and their CAs, kubelets' and whether the running processes use them. " +
        'Changes nothing. Exit code 0: all are good for 30 days; 1: one is not, or a host did not answer.',
    )
    .action(async (_options: unknown, command: Command) => {
      const { show } = await import('../../operations/certs.ts')
      process.exitCode = await show(command.optsWithGlobals<GlobalOptions>())
    })
  certs
    .command('renew')
    .option('--within <days>', 'renew where something expires within so many days', parseDays, 30)
    .option('--force', 'renew whatever its age', false)
    .summary('renew what is due, one control plane after the other')
    .description(
      'Renews certificates and kubeconfigs of the control planes where one is due, and restarts what uses them: one control ' +
        'plane after the other, each well before the next. Works when they have expired and no API server answers. Kubelets ' +
        'whose certificate has expired get a new one; no pod is restarted. CAs stay as they are. Where nothing is due, nothing is done.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  provision certs renew              what expires within 30 days\n  provision certs renew --within 90  before a long leave\n  provision certs renew --force      after a key may have leaked',
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
