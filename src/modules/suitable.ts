import { z } from 'zod'
import { sh } from '../shell/quote.ts'
import { defineModule } from './module.ts'

/** Asked before anything is touched: a host that cannot be a node says so at once, and with what to do. */
export const suitable = defineModule({
  name: 'suitable',
  summary: 'Fails where this host cannot be a node: its system is not supported, or it has the old control groups.',
  schema: z.strictObject({
    refusal: z.string().default('').describe('Why its system is not supported, and the way out; empty where it is'),
    cgroup: z
      .enum(['v2', 'any'])
      .default('v2')
      .describe('v2: control groups of version 1, which the kubelet refuses, are refused here'),
  }),
  compile: (args) => ({ check: sh`host_is_suitable ${args.refusal} ${args.cgroup}`, apply: sh`:` }),
})
