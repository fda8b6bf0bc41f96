import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/**
 * Certificates are made with one host's clock and judged with another's. The clock is right when chrony says that it
 * follows its servers, or, where no server can be reached, when it agrees with the machine that provisions.
 * Compares twice the same way: the offset measured at connecting, corrected by how far the clock has jumped since.
 */
export const clock = defineModule({
  name: 'clock',
  summary: 'The clock agrees with the time servers, or without them with the machine that provisions.',
  schema: z.strictObject({
    within: z.number().positive().default(1).describe('How many seconds it may be off'),
  }),
  timeout: 120,
  compile: (args, context) => ({
    check: sh`
      tolerance=${Math.round(args.within * 1000)}
      offset=$((${Math.round(context.clockOffset)} + $(clock_jump)))
      [ "$offset" -ge 0 ] || offset=$((0 - offset))
      [ "$offset" -gt "$tolerance" ] || exit 0
      say "the clock is $offset ms off from the machine that provisions"
      chronyc -n tracking 2>&1 | {
        status='' seconds=''
        while IFS=: read -r key value; do
          case $key in
          'Leap status'*) status=$value ;;
          'System time'*) seconds=\${value%% seconds*} ;;
          esac
        done
        say "chrony:\${status:- no answer}, off by\${seconds:- ?} s"
        [ "$status" = ' Normal' ] && [ "\${seconds%%.*}" = ' 0' ]
      }`,
    apply: sh`
      say 'asking chrony to step the clock'
      chronyc -m 'burst 4/4' makestep || :
      tries=0
      until ${context.id}_check; do
        tries=$((tries + 1))
        [ "$tries" -lt 20 ] || exit 1
        sleep 2
        chronyc makestep >/dev/null 2>&1 || :
      done`,
  }),
})
