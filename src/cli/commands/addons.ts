import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** What there is to have in a cluster, what the inventory names and what the cluster has. */
export function registerAddons(program: Command): void {
  program
    .command('addons')
    .summary('show which add-ons there are, which are on, and in which version')
    .description(
      'Lists the add-ons that the inventory can name (`addons: { traefik: true }`), and asks the control planes which of them the ' +
        'cluster has. Changes nothing. Exit code 1: no control plane answered.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { addons } = await import('../../operations/addons.ts')
      process.exitCode = await addons(command.optsWithGlobals<GlobalOptions>())
    })
}
