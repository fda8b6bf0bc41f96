import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** Completion as the programs themselves print it; made anew when one of them is another. */
export const completions = defineModule({
  name: 'completions',
  summary:
    'Completion of programs for bash, zsh and fish, where program and shell are there and no package brings it; of none takes away what was written before.',
  schema: z.strictObject({
    programs: z
      .array(z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be the name of a program'))
      .describe('Programs that print their own, asked with `completion SHELL`'),
  }),
  library: 'completions',
  compile: ({ programs }) => ({
    check: sh`completions_are ${programs}`,
    apply: sh`write_completions ${programs}`,
  }),
})
