import { $ as zx } from 'zx'

/** Runs a program of this machine and collects what it prints; throws with its output when it fails. */
export const $ = zx({ quiet: true, verbose: false })

/** The same, for questions whose answer is the exit code. */
export const ask = zx({ quiet: true, verbose: false, nothrow: true })

/** Tells how far a long job is; the title is in the imperative, the job's own answer is passed on. */
export type Step = <T>(title: string, job: () => Promise<T>) => Promise<T>
