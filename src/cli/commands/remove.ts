import { type Command, Option } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { RemoveOptions } from '../../operations/remove.ts'
import { parseSeconds } from '../durations.ts'

/** Nodes that leave the cluster for good. */
export function registerRemove(program: Command): void {
  program
    .command('remove')
    .argument('<host...>', 'nodes that are to leave the cluster')
    .option('--gone', 'the hosts are gone for good: do all that can be done without them', false)
    .addOption(
      new Option('--drain-timeout <duration>', "how long a node's pods may take to leave")
        .argParser(parseSeconds)
        .default(300, '5m'),
    )
    .option('--delete-emptydir-data', 'also drain pods with emptyDir volumes, whose data are lost', false)
    .option('--force', 'also drain pods without a controller, which nobody makes anew', false)
    .option('--packages', 'also remove the packages that provision installed on the hosts', false)
    .summary('drain nodes, take them out of the cluster and reset their hosts')
    .description(
      'Cordons and drains as PodDisruptionBudgets allow, takes the members of control planes out of etcd, resets the ' +
        'hosts and deletes their nodes. Nobody else is contacted but one control plane. Asks for the name of the ' +
        'cluster, or takes --yes.',
    )
    .action(async (given: string[], own: RemoveOptions, command: Command) => {
      const { remove } = await import('../../operations/remove.ts')
      process.exitCode = await remove(given, own, command.optsWithGlobals<GlobalOptions>())
    })
}
