import { type ProcessPromise, $ as zx } from 'zx'

// Whatever we start ends with us, even when we are killed: a job that nobody waits for must not go on in the next one's way.
const bound = 'exec setpriv --pdeathsig KILL -- '
const quiet = { quiet: true, verbose: false, prefix: bound }

/** Runs one program of this machine (no pipes) and collects what it prints; throws with its output when it fails. */
export const $ = zx(quiet)

/** The same, for questions whose answer is the exit code. */
export const ask = zx({ ...quiet, nothrow: true })

/**
 * The same, for programs that mount things and start others: in process and mount namespaces of their own,
 * so that everything of theirs ends with them.
 */
export const contained = zx({ ...quiet, prefix: `${bound}unshare --pid --fork --kill-child --mount-proc -- ` })

/** Reports how far a job is, such as `2 of 5, kubelet`. */
export type Tell = (howFar: string) => void

/** Shows a job while it runs, and returns its result. The title is in the imperative. */
export type Step = <T>(title: string, job: (tell: Tell) => Promise<T>) => Promise<T>

/** Where the lab shows its work: steps, and lines of text between them. */
export interface Progress {
  readonly step: Step
  readonly note: (line: string) => void
}

/** Reports the last line that a program has printed. */
export function tellLines(program: ProcessPromise, tell: Tell): ProcessPromise {
  for (const stream of [program.stdout, program.stderr]) {
    stream.on('data', (text: Buffer) => {
      const line = text.toString().trimEnd().split('\n').at(-1)
      if (line) tell(line)
    })
  }
  return program
}
