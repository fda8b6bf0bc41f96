/**
 * One step of an operation: what is known before it, and what is known after it. `call` is the same for all steps. A step that
 * has nothing to do returns what it was given.
 */
export type Stage<Progress, Call> = (progress: Progress, call: Call) => Promise<Progress>

/** What an earlier stage has left in the progress. Throws TypeError where it has not. */
export function known<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new TypeError(`no ${what} in a stage that needs one`)
  return value
}

/** Runs stages in order, until one gives an exit code. Throws what a stage throws. */
export async function runStages<Progress extends { readonly exitCode?: number }, Call>(
  stages: readonly Stage<Progress, Call>[],
  first: Progress,
  call: Call,
): Promise<Progress> {
  let progress = first
  for (const stage of stages) {
    progress = await stage(progress, call)
    if (progress.exitCode !== undefined) return progress
  }
  return progress
}
