import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { ResetOptions } from '../../operations/reset.ts'

/** Hosts as they were before they became nodes. */
export function registerReset(program: Command): void {
  program
    .command('reset')
    .argument('[host...]', 'hosts of the inventory; all of them without one')
    .option('--packages', 'also remove the packages that provision installed', false)
    .option('--force', 'also hosts that are nodes of another cluster, or under another name', false)
    .option('--check', 'show what would be removed and put back, and change nothing', false)
    .summary('take hosts back to what they were before they became nodes')
    .description(
      'Ends all pods, removes what Kubernetes, its network and a container runtime of ours left, and puts back what ' +
        'the ledger on the host says was there before. All that the hosts held of the cluster is lost. Tells what could ' +
        'not be put back, and why. A host that is a node of another cluster is refused without --force. Asks for the name of the cluster, or takes --yes.',
    )
    .action(async (given: string[], own: ResetOptions, command: Command) => {
      const { reset } = await import('../../operations/reset.ts')
      process.exitCode = await reset(given, own, command.optsWithGlobals<GlobalOptions>())
    })
}
