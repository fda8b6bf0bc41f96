import { type Command, Option } from 'commander'
import type { InitOptions } from '../../operations/init.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** A first inventory. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .option('--cluster <name>', 'cluster name')
    .option('--user <login>', 'SSH user')
    .option('--control-planes <hosts>', 'ADDRESS or NAME=ADDRESS, comma-separated')
    .option('--workers <hosts>', 'ADDRESS or NAME=ADDRESS, comma-separated')
    .option('--endpoint <host:port>', 'shared endpoint of several control planes')
    .option('--sudo-password', 'sudo requires a password; every run asks for it')
    .addOption(new Option('--mirrors <preset>', 'mirrors in mainland China').choices(['aliyun', 'tuna', 'ustc']))
    .summary('write a first hosts.yaml')
    .description(
      'Asks a few questions and writes a commented inventory. Asks nothing with --control-planes or without a terminal.',
    )
    .action(async (own: InitOptions, command: Command) => {
      const file = command.optsWithGlobals<GlobalOptions>().inventory
      const { init } = await import('../../operations/init.ts')
      process.exitCode = await init(file, own)
    })
}
