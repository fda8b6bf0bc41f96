import { type Command, Option } from 'commander'
import type { InitOptions } from '../../operations/init.ts'
import type { GlobalOptions } from '../../operations/options.ts'

/** A first inventory. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .option('--cluster <name>', 'name of the cluster')
    .option('--user <login>', 'login on the hosts')
    .option('--control-planes <hosts>', 'ADDRESS or NAME=ADDRESS, with commas between')
    .option('--workers <hosts>', 'the same')
    .option('--endpoint <host:port>', 'what all reach several control planes by')
    .option('--sudo-password', 'sudo wants a password; it is asked for at every run')
    .addOption(new Option('--mirrors <preset>', 'mirrors in mainland China').choices(['aliyun', 'tuna', 'ustc']))
    .summary('write a first hosts.yaml')
    .description(
      'Asks a few questions and writes a commented inventory. With --control-planes, or without a terminal, nothing is asked.',
    )
    .action(async (own: InitOptions, command: Command) => {
      const file = command.optsWithGlobals<GlobalOptions>().inventory
      const { init } = await import('../../operations/init.ts')
      process.exitCode = await init(file, own)
    })
}
