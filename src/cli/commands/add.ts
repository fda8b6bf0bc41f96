import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** Nodes for a cluster that is there. */
export function registerAdd(program: Command): void {
  program
    .command('add')
    .argument('<host...>', 'hosts of the inventory that are to become nodes')
    .summary('make hosts nodes of the cluster, contacting nobody else but one control plane')
    .description(
      'Prepares the hosts, has them join side by side, labels and taints their nodes and waits until they are Ready ' +
        'and reach DNS and Services. Of the other hosts only one control plane is contacted, for the token and the proof.',
    )
    .action(async (hosts: string[], _own: unknown, command: Command) => {
      const { add } = await import('../../operations/add.ts')
      process.exitCode = await add(hosts, command.optsWithGlobals<GlobalOptions>())
    })
}
