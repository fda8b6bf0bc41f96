import { lines, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { environment, exported, shellText } from '../fields.ts'
import { defineModule } from '../module.ts'

/** What only the operator can change: a plan fails here as the run would. */
export const require = defineModule({
  name: 'require',
  summary: 'Fails, in a plan too, where something that must hold does not, and says what to do about it.',
  schema: z.strictObject({
    that: shellText.describe('POSIX sh that succeeds where it holds; it must change nothing'),
    otherwise: shellText.describe('POSIX sh that prints why not, and what to do'),
    env: environment,
  }),
  compile: (args) => ({
    check: lines(
      exported(args.env),
      sh`
        if (eval ${args.that}); then exit 0; fi
        (eval ${args.otherwise}) >&2
        exit 3`,
    ),
    apply: sh`:`,
  }),
})
