import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** Files about a host, as one compressed tar below the program's own directory: it goes with it, and is in memory alone. */
export const collect = defineModule({
  name: 'collect',
  summary:
    'Files that a script makes about the host, packed; the value is the path of the archive. Changes nothing else.',
  schema: z.strictObject({
    script: templateName.describe(
      'EJS template of a POSIX sh script; it writes below the directory that is its first argument',
    ),
    hours: z.int().min(1).describe('Its second argument: how far back it looks'),
  }),
  timeout: 600,
  compile(args, context) {
    return {
      content: context.render(args.script),
      check: sh`[ -e "$P_RUN/collected.tar.gz" ]`,
      apply: sh`
        umask 077
        ${raw(`${context.id}_content`)} >"$P_RUN/collect"
        $P_SH "$P_RUN/collect" "$P_RUN/collected" ${args.hours}
        tar -C "$P_RUN/collected" -czf "$P_RUN/collected.new" .
        rm -rf "$P_RUN/collected"
        mv "$P_RUN/collected.new" "$P_RUN/collected.tar.gz"`,
      output: sh`printf '%s' "$P_RUN/collected.tar.gz"`,
    }
  },
})
