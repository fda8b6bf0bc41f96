import { CommanderError } from 'commander'
import { clean } from '../clean.ts'
import { denied } from '../disk/denied.ts'
import { formatProblem, LockedError, MistakenHosts, type Problem, ProtocolError, UserError } from '../errors.ts'
import type { RunEvent } from '../events/run-event.ts'
import { jsonLine } from '../views/json.ts'

/** How the program ends when a command throws. */
export interface Refusal {
  readonly exitCode: number
  readonly problems: readonly Problem[]
  /** For standard error; empty where everything has been said. */
  readonly text: string
}

/** Makes sense of what a command threw: 2 wrong input, 4 somebody else is provisioning, 1 a fault of ours. */
export function refusalOf(error: unknown, verbose: boolean): Refusal {
  if (error instanceof UserError) {
    const untouched = error instanceof MistakenHosts ? 'no host was changed' : 'no host was contacted'
    return { exitCode: 2, problems: error.problems, text: problemsText(error.problems, untouched) }
  }
  if (error instanceof LockedError) {
    const problem = { message: error.message, hint: error.hint }
    return { exitCode: 4, problems: [problem], text: clean(formatProblem(problem)) }
  }
  if (error instanceof ProtocolError)
    return { exitCode: 1, problems: [{ message: error.message }], text: clean(error.message) }
  if (error instanceof CommanderError) return commandLine(error)
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const problem = denied(error)
  if (problem !== undefined)
    return { exitCode: 2, problems: [problem], text: clean((verbose && stack) || formatProblem(problem)) }
  const hint = 'internal error; rerun with --verbose and report the stack trace'
  return {
    exitCode: 1,
    problems: [{ message, hint }],
    text: verbose ? clean(stack ?? message) : formatProblem({ message, hint }),
  }
}

/** What `--output json` prints of it. */
export function refusalLine(refusal: Refusal, at: number): string {
  const problems = refusal.problems.map(({ message, source, hint }) => ({ message, source, hint }))
  const event: RunEvent = { kind: 'refused', at, exitCode: refusal.exitCode, problems }
  return jsonLine(event)
}

/** Commander has printed the help or the version, which is no refusal, or nothing. */
function commandLine(error: CommanderError): Refusal {
  if (error.exitCode === 0 || error.code === 'commander.help')
    return { exitCode: error.exitCode === 0 ? 0 : 2, problems: [], text: '' }
  const problem = { message: error.message.replace(/^error: /, ''), hint: 'run provision --help' }
  return { exitCode: 2, problems: [problem], text: formatProblem(problem) }
}

function problemsText(problems: readonly Problem[], untouched: string): string {
  const count = problems.length > 1 ? `\n${problems.length} problems; ${untouched}` : ''
  return problems.map(formatProblem).join('\n') + count
}
