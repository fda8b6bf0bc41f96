/** A known cause of failures: what the host's words say, and what to do. `{name}` in the hint is the group of that name. */
export interface Cause {
  readonly cause: RegExp
  /** What else the same log must say: alone, `cause` would be a guess. */
  readonly with?: RegExp
  readonly hint: string
}
