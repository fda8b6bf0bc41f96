import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** What the host had before Kubernetes, runtimes and network add-ons began to make links, rules and directories by themselves. */
export const baseline = defineModule({
  name: 'baseline',
  summary: 'Notes once what links, rules, routes and directories the host had before anything else came.',
  schema: z.strictObject({}),
  compile: () => ({ check: sh`baseline_is_taken`, apply: sh`take_baseline` }),
})
