import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { unitName } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'

/**
 * A systemd unit. With `restartAfter` on the task it also restarts when one of those tasks changed something, in this run
 * or in an earlier one that was cut short. systemd is told of changed unit files by itself.
 */
export const service = defineModule({
  name: 'service',
  summary:
    'A systemd unit: enabled, running or masked; restarted (or reloaded) when a task it names in restartAfter changed something.',
  schema: z
    .strictObject({
      name: unitName.describe('Full unit name, such as docker.service'),
      enabled: z.boolean().optional().describe('Started at boot'),
      running: z.boolean().optional().describe('Running now'),
      masked: z.boolean().optional().describe('Cannot be started by anything'),
      optional: z.boolean().default(false).describe('Where the unit does not exist, nothing is to be done'),
      reload: z.boolean().default(false).describe('Where a restart is owed, reload if the unit can'),
    })
    .refine(
      (args) =>
        args.enabled !== undefined ||
        args.running !== undefined ||
        args.masked !== undefined ||
        args.reload ||
        args.optional,
      'needs at least one of enabled, running, masked, reload and optional',
    )
    .refine((args) => !(args.masked && (args.enabled || args.running)), 'a masked unit is neither enabled nor running'),
  timeout: 300,
  compile(args, context): TaskBody {
    const restart = args.reload ? raw('reload-or-restart') : raw('restart')
    const running = args.running === undefined ? sh`systemctl ${raw(`try-${restart.text}`)} ${args.name}` : undefined
    const unmask = args.masked !== true && (args.masked === false || args.enabled || args.running)
    return {
      prefetch: { units: [args.name] },
      check: sh`
        ${raw(args.optional ? `if unit ${args.name}; then case $R in not-found*) exit 0 ;; esac; else exit 0; fi` : ':')}
        ! owed_restart ${context.mark} ${args.name} || exit 1
        unit_is ${args.name} ${raw(word(args.enabled))} ${raw(word(args.running))} ${raw(word(args.masked))}`,
      apply: lines(
        sh`ready_unit ${args.name} ${raw(word(unmask ? false : undefined))}`,
        args.enabled === true && sh`systemctl -q enable ${args.name}`,
        args.enabled === false && sh`systemctl -q disable ${args.name}`,
        args.running === false && sh`systemctl stop ${args.name}`,
        args.masked === true && sh`systemctl -q mask ${args.name}`,
        args.running === true && sh`release_unit ${args.name}`,
        args.running === true &&
          sh`if owed_restart ${context.mark} ${args.name}; then verb=${restart}; else verb=start; fi
run_unit "$verb" ${args.name}`,
        running !== undefined && sh`! owed_restart ${context.mark} ${args.name} || ${raw(running)}`,
        sh`settle ${context.mark}`,
      ),
    }
  },
})

function word(wanted: boolean | undefined): string {
  return wanted === undefined ? '-' : wanted ? 'yes' : 'no'
}
