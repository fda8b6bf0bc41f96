import { UnreachableError } from '../errors.ts'
import type { Attempt } from './connect.ts'
import type { HostNotice } from './notice.ts'

const usualHint = 'is the host up, and the network to it? A longer --timeout helps where it is only slow'

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
      return new UnreachableError(`no success within ${seconds} s; it waited for ${waitingFor}`, what)
    },
  }
}
