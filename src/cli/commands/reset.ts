import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { ResetOptions } from '../../operations/reset.ts'

/** Hosts as they were before they became nodes. */
export function registerReset(program: Command): void {
  program
    .command('reset')
    .argument('[host...]', 'hosts of the inventory (default: all)')
    .option('--packages', 'also remove packages that provision installed', false)
    .option('--force', 'also reset nodes of another cluster or with another name', false)
    .option('--check', 'preview what would be removed and restored; changes nothing', false)
    .summary('undo all changes on hosts')
    .description(
      'Stops all pods, removes Kubernetes, its network and the container runtime that provision installed, and restores what the change ' +
        'ledger recorded. All cluster data on the hosts is lost. Lists what could not be restored, and why. Rejects nodes of other clusters ' +
        'without --force. Asks for the cluster name unless --yes is given.',
    )
    .action(async (given: string[], own: ResetOptions, command: Command) => {
      const { reset } = await import('../../operations/reset.ts')
      process.exitCode = await reset(given, own, command.optsWithGlobals<GlobalOptions>())
    })
}
