import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** How the cluster is: asked from every host, and from each control plane for itself, so that what is down hides nothing. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .summary('show what is wrong and what to do about it: control plane, nodes, pods, certificates, disks')
    .description(
      'Asks every host at once; changes and locks nothing. With --limit only the hosts it names, and the control planes: ' +
        '--limit role=control-plane is quick however large the cluster. ' +
        'Exit code 0: all is well; 1: something wants a look.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { status } = await import('../../operations/status.ts')
      process.exitCode = await status(command.optsWithGlobals<GlobalOptions>())
    })
}
