import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { SupportOptions } from '../../operations/support.ts'
import { parseCount } from '../durations.ts'

/** Everything somebody who is to help would ask for, in one file without secrets. */
export function registerSupport(program: Command): void {
  program
    .command('support')
    .argument('[host...]', 'hosts of the inventory; all of them without one')
    .option('--into <directory>', 'where the archive goes', '.')
    .option('--hours <number>', 'how far back journals go', parseCount, 24)
    .summary('collect logs and state of hosts into one archive, without secrets')
    .description(
      'Writes CLUSTER-support-DATE.tar.gz: journals, kernel messages, network, containers, logs of kube-system, ' +
        'manifests, the last runs and the inventory. Secrets are taken out; look into it all the same before you hand it on. ' +
        'A host that does not answer is named in it. Changes nothing. Exit code 1 where a host did not answer.',
    )
    .action(async (given: string[], own: SupportOptions, command: Command) => {
      const { support } = await import('../../operations/support.ts')
      process.exitCode = await support(given, own, command.optsWithGlobals<GlobalOptions>())
    })
}
