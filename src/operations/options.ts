import { UserError } from '../errors.ts'
import type { Output } from '../views/report.ts'

/** Options that every command takes, as commander gives them. */
export interface GlobalOptions {
  readonly inventory: string
  readonly limit?: string
  readonly output: Output
  readonly concurrency: number
  /** Seconds to connect, authenticate and become root. */
  readonly timeout: number
  readonly yes: boolean
  readonly verbose: boolean
}

/** Throws UserError where --limit is given to a command that has hosts of its own; `instead`: how those are named. */
export function refuseLimit(command: string, { limit }: GlobalOptions, instead: string): void {
  if (limit !== undefined) throw new UserError(`--limit cannot be used with ${command}`, instead)
}
