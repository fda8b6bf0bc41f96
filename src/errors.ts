import { clean } from './clean.ts'

/** A place in a file the user wrote. `line` and `column` count from 1. */
export interface SourceRef {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing wrong with the user's input. */
export interface Problem {
  readonly message: string
  readonly source?: SourceRef | undefined
  /** What to do about it, in the imperative. */
  readonly hint?: string | undefined
}

/** `file:line:column`, as editors and terminals link it. */
export function formatSource(source: SourceRef): string {
  return `${source.file}:${source.line}:${source.column}`
}

/** The message, where it is, and on a line of its own what to do; cleaned, since either may quote a host. */
export function formatProblem(problem: Problem): string {
  const where = problem.source ? `${formatSource(problem.source)}: ` : ''
  const hint = problem.hint ? `\n  hint: ${problem.hint}` : ''
  return clean(`${where}${problem.message}${hint}`)
}

/** The user's input is wrong. Carries every problem found, not only the first. Exit code 2. */
export class UserError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: Problem | readonly Problem[] | string, hint?: string) {
    const list =
      typeof problems === 'string'
        ? [{ message: problems, hint }]
        : Array.isArray(problems)
          ? (problems as readonly Problem[])
          : [problems as Problem]
    super(list.map(formatProblem).join('\n'))
    this.name = 'UserError'
    this.problems = list
  }
}

/** Hosts are not what the inventory says they are. Nothing has been changed. Exit code 2. */
export class MistakenHosts extends UserError {}

/** A host could not be reached or the connection was lost for good. A host failure, not a wrong input. */
export class UnreachableError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'UnreachableError'
    this.hint = hint
  }
}

/** Another run, or a restore or rebuild that has not ended, keeps this one out. Exit code 4. */
export class LockedError extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'LockedError'
    this.hint = hint
  }
}

/** What came back from a host is not what our own program could have sent. */
export class ProtocolError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ProtocolError'
  }
}
