import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** The host's time zone. Its clock is not touched. */
export const timezone = defineModule({
  name: 'timezone',
  summary: "The host's time zone.",
  schema: z.strictObject({
    zone: z
      .string()
      .regex(/^[A-Za-z0-9_+-]+(\/[A-Za-z0-9_+-]+)*$/, 'must be a zone of the tz database such as Asia/Shanghai')
      .describe('A name of the tz database; the host needs the package tzdata'),
  }),
  compile: (args) => ({ check: sh`timezone_is ${args.zone}`, apply: sh`set_timezone ${args.zone}` }),
})
