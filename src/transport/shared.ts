import type { Attempt } from './connect.ts'
import type { HostNotice } from './notice.ts'
import { abortable } from './wait.ts'

/** Something that is made once, and that several wait for. */
export interface Shared<T> {
  readonly made: Promise<T>
  /** Waits as long as this attempt lets it. Throws what making it throws, or the attempt's reason. */
  wait(attempt: Attempt): Promise<T>
}

/** Begins to make it. It is given up once nobody waits for it any more: the patience of the first is not that of all. */
export function share<T>(make: (attempt: Attempt) => Promise<T>): Shared<T> {
  const waiting = new Set<Attempt>()
  const nobody = new AbortController()
  let settled = false
  let stage: Parameters<Attempt['stage']> | undefined
  const made = make({
    signal: nobody.signal,
    stage(...now) {
      stage = now
      for (const each of waiting) each.stage(...now)
    },
    notify(notice: HostNotice) {
      const [first] = waiting
      first?.notify(notice)
    },
  }).finally(() => {
    settled = true
  })
  made.catch(() => {}) // whoever waits is told
  return {
    made,
    async wait(attempt) {
      waiting.add(attempt)
      if (stage !== undefined) attempt.stage(...stage)
      try {
        return await abortable(made, attempt.signal)
      } finally {
        waiting.delete(attempt)
        if (waiting.size === 0 && !settled) nobody.abort(attempt.signal.reason)
      }
    },
  }
}
