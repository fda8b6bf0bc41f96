import type { Command } from 'commander'
import type { CompileOptions } from '../../operations/compile.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** Prints the program a host would get. */
export function registerCompile(program: Command): void {
  program
    .command('compile')
    .requiredOption('--host <name>', 'host of the inventory')
    .option('--system <name>', 'system to compile for (debian-13, rocky-9) instead of the last detected one')
    .option('--check', 'compile in check mode, as `provision plan` does', false)
    .summary('print the program that a host would run')
    .description(
      'Prints the POSIX sh program of a host, up to the first value it needs from another host. Contacts no host. ' +
        'Secrets are placeholders.',
    )
    .action(async (own: CompileOptions, command: Command) => {
      const { compile } = await import('../../operations/compile.ts')
      compile(own, command.optsWithGlobals<GlobalOptions>())
    })
}
