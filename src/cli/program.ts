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
    .description(
      'From bare Linux hosts to a working Kubernetes cluster. Without a command: makes it so, or keeps it so.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: out.write, writeErr: () => {} })
    // That a flag is off unless it is given goes without saying.
    .configureHelp({
      optionDescription: (option) =>
        option.defaultValue === false ? option.description : new Help().optionDescription(option),
    })
    .option('-i, --inventory <file>', 'the hosts and what they are to be', 'hosts.yaml')
    .option('-l, --limit <hosts>', 'only these: names, globs, role=worker, label=key=value; a list with commas')
    .addOption(
      new Option('-o, --output <form>', 'how to show what happens').choices(['live', 'plain', 'json']).default('live'),
    )
    .option('--concurrency <hosts>', 'how many hosts work at once', parseCount, 50)
    .addOption(
      new Option('--timeout <duration>', 'how long connecting to a host and becoming root may take')
        .argParser(parseSeconds)
        .default(30, '30s'),
    )
    .option('-y, --yes', 'do not ask before what cannot be undone')
    .option('-v, --verbose', 'also show what is already as it should be')
    .addHelpText(
      'after',
      '\nExit codes: 0 converged, 1 a host failed, 2 wrong input, 3 a plan found changes, 4 somebody else is at it, 130 interrupted',
    )
  registerConverge(program)
  registerPlan(program)
  registerAdd(program)
  registerRebuild(program)
  registerRemove(program)
  registerRun(program)
  registerReset(program)
  registerBackup(program)
  registerRestore(program)
  registerCompile(program)
  registerStatus(program)
  registerAddons(program)
  registerCerts(program)
  registerSupport(program)
  registerInit(program)
  registerKubeconfig(program)
  registerDashboard(program)
  registerLab(program)
  registerCompletion(program)
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
  return new UserError(`there is no command ${word}`, suggestion(word, known))
}
