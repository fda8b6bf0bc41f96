/** What a running program reports, decoded. Text in it comes from the host: data, never trusted, not yet redacted. */
export type ProgramEvent =
  | { readonly kind: 'begin'; readonly tasks: number }
  /** Already as it should be. */
  | { readonly kind: 'ok'; readonly task: string }
  /** The check found a difference, the change begins. */
  | { readonly kind: 'start'; readonly task: string }
  | { readonly kind: 'changed'; readonly task: string }
  /** Check mode: apply would run. */
  | { readonly kind: 'would-change'; readonly task: string }
  /** Check mode: cannot be told before an earlier change has been made. */
  | { readonly kind: 'unknown'; readonly task: string }
  | { readonly kind: 'diff'; readonly task: string; readonly text: string }
  /** The last lines of a failed task's output; comes before its `failed`. */
  | { readonly kind: 'log'; readonly task: string; readonly text: string }
  /** What the operator must be told although nothing failed. */
  | { readonly kind: 'note'; readonly task: string; readonly text: string }
  | { readonly kind: 'failed'; readonly task: string; readonly stage: FailedStage; readonly code: number }
  /** A sign of life every 5 s: seconds since the stage began, and the last line it printed. */
  | { readonly kind: 'beat'; readonly task: string; readonly seconds: number; readonly line: string }
  /** A declared value, without the newlines it ended with. */
  | { readonly kind: 'output'; readonly name: string; readonly value: string }
  /** The task needs values of other hosts; an `end` with result `needs` follows. */
  | { readonly kind: 'need'; readonly task: string; readonly names: readonly string[] }
  | { readonly kind: 'end'; readonly result: EndResult }

/** `recheck`: applied, and still not as it should be. `timeout`: its code is the limit in seconds. */
export type FailedStage = 'check' | 'apply' | 'recheck' | 'timeout' | 'output'

/** `died`: the program ended without saying so (killed, out of memory, power). */
export type EndResult = 'done' | 'failed' | 'needs' | 'reboot' | 'stopped' | 'died'
