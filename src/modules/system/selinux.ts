import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** SELinux as the inventory says: now, and after the next boot. Never turned off, and never touched without being told to. */
export const selinux = defineModule({
  name: 'selinux',
  summary:
    'SELinux permissive or enforcing, now and after the next boot. Turning it on where it is off takes a reboot by hand.',
  schema: z.strictObject({
    mode: z
      .enum(['permissive', 'enforcing'])
      .describe('permissive logs what it would refuse; enforcing refuses it. To leave it as it is, leave the task out'),
  }),
  compile: (args) => ({ check: sh`selinux_is ${args.mode}`, apply: sh`set_selinux ${args.mode}` }),
})
