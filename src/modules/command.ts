import { z } from 'zod'
import { lines, quote, raw, sh, type ShellText } from '../shell/quote.ts'
import { absolutePath, environment, exactlyOne, shellText } from './fields.ts'
import { defineModule, type TaskBody } from './module.ts'

/**
 * A command of the playbook's author. It is evaluated as a text of its own, so that a mistake in it stays its own.
 * `always` counts as done once it has run in this program.
 */
export const command = defineModule({
  name: 'command',
  summary: 'A shell command that says how it knows that it is done: creates, unless, or always.',
  schema: z
    .strictObject({
      run: shellText.describe(
        'POSIX sh, run under set -eu. What ${…} puts into it is shell text, not quoted: hand values over with env',
      ),
      creates: absolutePath.optional().describe('Done where this path exists'),
      unless: shellText.optional().describe('Done where this command succeeds; it must change nothing'),
      always: z.literal(true).optional().describe('Never done: run every time, and reported as a change'),
      env: environment,
      cwd: absolutePath.optional().describe('Directory to run in'),
      value: shellText.optional().describe('A command that prints the value the task names as its output'),
    })
    .refine(
      (args) => exactlyOne(args, ['creates', 'unless', 'always']),
      'must say how it knows that it is done: exactly one of creates, unless and always',
    ),
  timeout: 600,
  compile(args, context): TaskBody {
    const surroundings = lines(
      ...Object.entries(args.env).map(([name, value]) => sh`export ${raw(`${name}=${quote(value)}`)}`),
      args.cwd !== undefined && sh`cd ${args.cwd} || exit 1`,
    )
    return {
      check: done(args, surroundings),
      apply: lines(
        surroundings,
        sh`eval ${args.run}`,
        args.always && sh`: >"$P_RUN/done.${raw(context.id)}"`,
      ),
      output: args.value === undefined ? undefined : lines(surroundings, sh`eval ${args.value}`),
    }

    function done(given: typeof args, before: ShellText): ShellText {
      if (given.creates !== undefined) return sh`[ -e ${given.creates} ]`
      if (given.always) return sh`[ -e "$P_RUN/done.${raw(context.id)}" ]`
      return lines(before, sh`if (eval ${given.unless as string}); then exit 0; else exit 1; fi`)
    }
  },
})
