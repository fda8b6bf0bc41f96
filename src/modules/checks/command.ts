import { lines, raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, environment, exactlyOne, exported, shellText } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'

const schema = z
  .strictObject({
    run: shellText.describe(
      'POSIX sh, run under set -eu. What ${…} puts into it is shell text, not quoted: hand values over with env',
    ),
    creates: absolutePath.optional().describe('Done where this path exists'),
    unless: shellText.optional().describe('Done where this command succeeds; it must change nothing'),
    always: z.literal(true).optional().describe('Never done: run every time, and reported as a change'),
    env: environment,
    cwd: absolutePath.optional().describe('Directory to run in'),
    value: shellText
      .optional()
      .describe(
        'A command that prints the value the task names as its output; by default `run` itself, run again unless it is always',
      ),
  })
  .refine(
    (args) => exactlyOne(args, ['creates', 'unless', 'always']),
    'must say how it knows that it is done: exactly one of creates, unless and always',
  )

type Arguments = z.output<typeof schema>

/**
 * A command of the playbook's author. It is evaluated as a text of its own, so that a mistake in it stays its own.
 * `always` counts as done once it has run in this program.
 */
export const command = defineModule<Arguments>({
  name: 'command',
  summary: 'A shell command that says how it knows that it is done: creates, unless, or always.',
  schema,
  timeout: 600,
  compile(args, context): TaskBody {
    const value = args.value ?? (args.always ? undefined : args.run)
    const surroundings = lines(exported(args.env), args.cwd !== undefined && sh`cd ${args.cwd} || exit 1`)
    return {
      check: checkOf(args, surroundings, context.id),
      apply: lines(
        surroundings,
        args.always ? sh`(eval ${args.run})` : sh`eval ${args.run}`,
        args.always && sh`: >"$P_RUN/done.${raw(context.id)}"`,
      ),
      output: value === undefined ? undefined : lines(surroundings, sh`eval ${value}`),
    }
  },
})

function checkOf(args: Arguments, surroundings: ShellText, id: string): ShellText {
  if (args.creates !== undefined) return sh`[ -e ${args.creates} ]`
  if (args.always) return sh`[ -e "$P_RUN/done.${raw(id)}" ]`
  return lines(surroundings, sh`if (eval ${args.unless as string}); then exit 0; else exit 1; fi`)
}
