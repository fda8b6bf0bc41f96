import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** What there is to have in a cluster, what the inventory names and what the cluster has. */
export function registerAddons(program: Command): void {
  program
    .command('addons')
    .summary('list add-ons: available, enabled and installed versions')
    .description(
      'Lists the add-ons that the inventory can name (`addons: { traefik: true }`) and asks a control plane which are installed. ' +
        'Read-only. Exit code 1: no control plane answered.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { addons } = await import('../../operations/addons.ts')
      process.exitCode = await addons(command.optsWithGlobals<GlobalOptions>())
    })
}
