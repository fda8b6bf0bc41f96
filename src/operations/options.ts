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
