import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** The way to wait for another host where no task uses what it gives. */
export const awaitValue = defineModule({
  name: 'awaitValue',
  summary: 'Goes on once another host has given a value, which the task needs to name in its needs, too.',
  schema: z.strictObject({ name: z.string().describe('Name of the value') }),
  compile(args, context) {
    const come = context.value(args.name) !== undefined || context.gathered(args.name) !== undefined
    return { check: come ? sh`:` : sh`exit 1`, apply: sh`exit 1` }
  },
})
