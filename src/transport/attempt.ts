import { UnreachableError } from '../errors.ts'
import type { Attempt } from './connect.ts'
import type { HostNotice } from './notice.ts'

const usualHint = 'check that the host is up and reachable; for a slow host set a longer --timeout'

/** Remembers what is being waited for. */
export function createAttempt(signal: AbortSignal, notify: (notice: HostNotice) => void) {
  let waitingFor = 'a connection'
  let what = usualHint
  const began = performance.now()
  const hooks: Attempt = {
    signal,
    notify,
    stage(stage, hint = usualHint) {
      waitingFor = stage
      what = hint
    },
  }
  return {
    hooks,
    /** Says what took too long; any other error, and an interruption by the operator, stays what it is. */
    explain(error: unknown): unknown {
      if (!(error instanceof Error && error.name === 'TimeoutError')) return error
      const seconds = Math.max(1, Math.round((performance.now() - began) / 1000))
      return new UnreachableError(`timeout after ${seconds} s, while waiting for ${waitingFor}`, what)
    },
  }
}
