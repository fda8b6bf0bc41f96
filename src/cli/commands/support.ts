import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { SupportOptions } from '../../operations/support.ts'
import { parseCount } from '../durations.ts'

/** Everything somebody who is to help would ask for, in one file without secrets. */
export function registerSupport(program: Command): void {
  program
    .command('support')
    .argument('[host...]', 'hosts of the inventory (default: all)')
    .option('--into <directory>', 'output directory', '.')
    .option('--hours <number>', 'hours of journal to include', parseCount, 24)
    .summary('collect logs and state in a support bundle, secrets redacted')
    .description(
      'Writes CLUSTER-support-DATE.tar.gz: journals, kernel messages, network, containers, logs of kube-system, manifests, the last runs ' +
        'and the inventory. Secrets are redacted. Review the archive before you share it. It lists hosts that did not answer. Read-only. ' +
        'Exit code 1: a host did not answer.',
    )
    .action(async (given: string[], own: SupportOptions, command: Command) => {
      const { support } = await import('../../operations/support.ts')
      process.exitCode = await support(given, own, command.optsWithGlobals<GlobalOptions>())
    })
}
