import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** Swap off for good: fstab, systemd's swap units, makers of zram swap and swap files, Azure's agent. */
export const swap = defineModule({
  name: 'swap',
  summary: 'Swap off, now and after the next boot: fstab, swap units, zram.',
  schema: z.strictObject({ state: z.literal('off').describe('off; to leave swap on, leave the task out') }),
  timeout: 600,
  compile: () => ({ check: sh`swap_is_off`, apply: sh`swap_off` }),
})
