import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/**
 * Asks and never changes: the script's standard output is the value that the task outputs. It is a program of its own, run
 * with the host's clock minus ours, in milliseconds, as its first argument; it must end within 60 s and exit with 0 whatever
 * it finds, since a question that nobody can answer is an answer too.
 */
export const observe = defineModule({
  name: 'observe',
  summary: 'What a script finds out about the host, as the value that the task outputs. Changes nothing.',
  schema: z.strictObject({
    script: templateName.describe('EJS template of a POSIX sh script that prints what it found'),
    library: z.array(templateName).default([]).describe('EJS templates of functions that it uses, put before it'),
  }),
  compile(args, context) {
    return {
      content: [...args.library, args.script].map((name) => context.render(name)).join('\n'),
      check: sh`:`,
      apply: sh`:`,
      output: sh`
        ${raw(`${context.id}_content`)} >"$P_RUN/observe"
        $P_SH "$P_RUN/observe" ${Math.round(context.clockOffset)}`,
    }
  },
})
