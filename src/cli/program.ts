import { Command, CommanderError, Help, Option } from 'commander'
import { UserError } from '../errors.ts'
import { err, out } from '../screen.ts'
import { version } from '../version.ts'
import { suggestion } from '../yaml/suggest.ts'
import { registerAdd } from './commands/add.ts'
import { registerAddons } from './commands/addons.ts'
import { registerBackup } from './commands/backup.ts'
import { registerCerts } from './commands/certs.ts'
import { registerCompile } from './commands/compile.ts'
import { registerCompletion } from './commands/completion.ts'
import { registerConverge } from './commands/converge.ts'
import { registerDashboard } from './commands/dashboard.ts'
import { registerInit } from './commands/init.ts'
import { registerKubeconfig } from './commands/kubeconfig.ts'
import { registerLab } from './commands/lab.ts'
import { registerPlan } from './commands/plan.ts'
import { registerRebuild } from './commands/rebuild.ts'
import { registerRemove } from './commands/remove.ts'
import { registerReset } from './commands/reset.ts'
import { registerRestore } from './commands/restore.ts'
import { registerRun } from './commands/run.ts'
import { registerStatus } from './commands/status.ts'
import { registerSupport } from './commands/support.ts'
import { parseCount, parseSeconds } from './durations.ts'
import { addExamples } from './examples.ts'
import { refusalLine, refusalOf } from './refuse.ts'

/** The whole command line. Help is printed by commander; every error is thrown. */
export function createProgram(): Command {
  const program = new Command('provision')
    .description('Turns bare Linux hosts into a Kubernetes cluster. Without a command, applies the inventory.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: out.write, writeErr: () => {} })
    // Do not print "(default: false)" for flags.
    .configureHelp({
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : new Help().optionDescription(option),
    })
    .option('-i, --inventory <file>', 'inventory file', 'hosts.yaml')
    .option('-l, --limit <hosts>', 'limit to hosts: name, glob, role=ROLE or label=KEY=VALUE, comma-separated')
    .addOption(new Option('-o, --output <form>', 'output format').choices(['live', 'plain', 'json']).default('live'))
    .option('--concurrency <hosts>', 'maximum number of hosts in parallel', parseCount, 50)
    .addOption(
      new Option('--timeout <duration>', 'timeout for SSH and sudo, per host')
        .argParser(parseSeconds)
        .default(30, '30s'),
    )
    .option('-y, --yes', 'skip confirmation prompts')
    .option('-v, --verbose', 'also show unchanged tasks')
    .addHelpText(
      'after',
      '\nExit codes: 0 success, 1 a host failed, 2 invalid input, 3 changes planned, 4 locked by another run, 130 interrupted',
    )
  registerConverge(program)
  program.commandsGroup('Cluster:')
  registerPlan(program)
  registerStatus(program)
  registerCerts(program)
  registerAddons(program)
  registerDashboard(program)
  registerKubeconfig(program)
  program.commandsGroup('Nodes:')
  registerAdd(program)
  registerRemove(program)
  registerReset(program)
  program.commandsGroup('Recovery:')
  registerBackup(program)
  registerRestore(program)
  registerRebuild(program)
  registerSupport(program)
  program.commandsGroup('Authoring:')
  registerInit(program)
  registerRun(program)
  registerCompile(program)
  registerCompletion(program)
  registerLab(program)
  addExamples(program)
  return program
}

/** Runs one command line (the words after the program's name). Returns the exit code; never throws. */
export async function main(words: readonly string[]): Promise<number> {
  const program = createProgram()
  try {
    await program.parseAsync(words, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    const refusal = refusalOf(unknownCommand(error, program), words.includes('--verbose') || words.includes('-v'))
    if (refusal.text !== '') err.write(`${refusal.text}\n`)
    if (refusal.problems.length > 0 && program.opts<{ output: string }>().output === 'json') {
      out.write(`${refusalLine(refusal, Date.now())}\n`)
    }
    return refusal.exitCode
  }
}

/** A word too many for the command without a name is a command that does not exist. */
function unknownCommand(error: unknown, program: Command): unknown {
  const word = program.args[0]
  if (!(error instanceof CommanderError) || error.code !== 'commander.excessArguments' || word === undefined)
    return error
  const known = program.commands.map((command) => command.name()).filter((name) => !name.startsWith('__'))
  if (known.includes(word)) return error
  return new UserError(`unknown command ${word}`, suggestion(word, known))
}
