import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** How the cluster is: asked from every host, and from each control plane for itself, so that what is down hides nothing. */
export function registerStatus(program: Command): void {
  program
    .command('status')
    .summary('list problems and the command that fixes each')
    .description(
      'Queries every host in parallel: control plane, nodes, pods, certificates and disks. Read-only, without locks. --limit restricts it to ' +
        'the named hosts and the control planes; --limit role=control-plane is fast in large clusters. ' +
        'Exit code 0: no problems; 1: problems found.',
    )
    .action(async (_own: unknown, command: Command) => {
      const { status } = await import('../../operations/status.ts')
      process.exitCode = await status(command.optsWithGlobals<GlobalOptions>())
    })
}
