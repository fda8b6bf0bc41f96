import type { Command } from 'commander'
import type { CompileOptions } from '../../operations/compile.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** Prints the program a host would get. */
export function registerCompile(program: Command): void {
  program
    .command('compile')
    .requiredOption('--host <name>', 'the host whose program to print')
    .option('--system <name>', 'for this system (debian-13, rocky-9) instead of what the host was last seen to be')
    .option('--check', 'in check mode, as `provision plan` sends it', false)
    .summary('print the program that a host would run')
    .description(
      'Prints one POSIX sh program: everything the host should be, up to the first value it needs of another host. ' +
        'Contacts nobody. Secrets of a run are made up.',
    )
    .action(async (own: CompileOptions, command: Command) => {
      const { compile } = await import('../../operations/compile.ts')
      compile(own, command.optsWithGlobals<GlobalOptions>())
    })
}
