import { $ as zx } from 'zx'

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

/** Tells how far a long job is; the title is in the imperative, the job's own answer is passed on. */
export type Step = <T>(title: string, job: () => Promise<T>) => Promise<T>
