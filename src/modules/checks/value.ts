import { z } from '../../zod.ts'
import { environment, shellText } from '../fields.ts'
import { defineModule } from '../module.ts'
import { command } from './command.ts'

/** A task that only gives its output: there is nothing to do, on no host. */
export const value = defineModule({
  name: 'value',
  summary: 'Gives a value that a command prints, as the output that the task names. Changes nothing.',
  schema: z.strictObject({
    run: shellText.describe('Prints the value; it must change nothing'),
    env: environment,
  }),
  timeout: command.timeout,
  compile: ({ run, env }, context) => command.compile({ run: ':', unless: ':', value: run, env }, context),
})
