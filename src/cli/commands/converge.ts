import type { Command } from 'commander'
import type { GlobalOptions } from '../../operations/options.ts'

/** Makes the hosts what the inventory says: the command without a verb. */
export function registerConverge(program: Command): void {
  program.action(async (_options: unknown, command: Command) => {
    const options = command.optsWithGlobals<GlobalOptions>()
    const { converge } = await import('../../operations/converge.ts')
    process.exitCode = await converge(options)
  })
}
