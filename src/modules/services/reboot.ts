import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { shellText } from '../fields.ts'
import { defineModule } from '../module.ts'

/** A declared reboot: the program ends, whoever runs it reboots the host and starts it again. Never from inside a task. */
export const reboot = defineModule({
  name: 'reboot',
  summary: 'A reboot, when a task it names in restartAfter changed something, or while a command does not succeed.',
  schema: z.strictObject({
    unless: shellText.optional().describe('Needed while this command fails; it must change nothing'),
  }),
  compile: (args, context) => ({
    check: sh`
      ! owed ${context.mark} || exit 1
      if (eval ${args.unless ?? ':'}); then exit 0; else exit 1; fi`,
    apply: sh`
      owed ${context.mark} || reboot_not_in_vain ${context.mark}
      request_reboot`,
  }),
})
