import type { RunEvent } from '../events/run-event.ts'

/** One event as one line; its form is in docs/schema/events.json. */
export function jsonLine(event: RunEvent): string {
  return json(event)
}

/** A value as JSON that is safe to look at, too: what a terminal would act on is escaped. */
export function json(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu, (found) =>
    [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(''),
  )
}
