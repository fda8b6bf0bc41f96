import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** Nodes for a cluster that is there. */
export function registerAdd(program: Command): void {
  program
    .command('add')
    .argument('<host...>', 'hosts of the inventory')
    .summary('add hosts to the cluster')
    .description(
      'Prepares the hosts, joins them in parallel, sets labels and taints, and waits until the nodes are Ready and reach DNS and Services. ' +
        'Contacts only the named hosts and one control plane.',
    )
    .action(async (hosts: string[], _own: unknown, command: Command) => {
      const { add } = await import('../../operations/add.ts')
      process.exitCode = await add(hosts, command.optsWithGlobals<GlobalOptions>())
    })
}
