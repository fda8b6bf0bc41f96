import { type Command, Option } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'
import type { RemoveOptions } from '../../operations/remove.ts'
import { parseSeconds } from '../durations.ts'

/** Nodes that leave the cluster for good. */
export function registerRemove(program: Command): void {
  program
    .command('remove')
    .argument('<host...>', 'nodes to remove')
    .option('--gone', 'the hosts no longer exist; do what is possible without them', false)
    .addOption(
      new Option('--drain-timeout <duration>', 'time limit for draining a node')
        .argParser(parseSeconds)
        .default(300, '5m'),
    )
    .option('--delete-emptydir-data', 'also drain pods with emptyDir volumes; their data is lost', false)
    .option('--force', 'also delete pods that have no controller; they are not recreated', false)
    .option('--packages', 'also remove packages that provision installed', false)
    .summary('drain and remove nodes, then reset their hosts')
    .description(
      'Cordons and drains nodes within their PodDisruptionBudgets, removes etcd members, resets the hosts and deletes their Node objects. ' +
        'Contacts only the named hosts and one control plane. Asks for the cluster name unless --yes is given.',
    )
    .action(async (given: string[], own: RemoveOptions, command: Command) => {
      const { remove } = await import('../../operations/remove.ts')
      process.exitCode = await remove(given, own, command.optsWithGlobals<GlobalOptions>())
    })
}
