import { z } from 'zod'
import { type RunEvent, runEventSchema } from '../events/run-event.ts'

/** One event as one line; its form is in docs/schema/events.json. */
export function jsonLine(event: RunEvent): string {
  return JSON.stringify(event)
}

/** The JSON Schema of one line. Later versions may add fields, so it allows them. */
export function eventJsonSchema(): object {
  return {
    title: 'One line of `provision --output json`, and of events.jsonl in a run record',
    ...z.toJSONSchema(runEventSchema, { io: 'input' }),
  }
}
