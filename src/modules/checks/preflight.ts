import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'
import { machineSize, reservedNumbers } from '../nodes/machine-size.ts'

/** Asked before anything is touched: a host that cannot be a node says so at once, and with what to do. */
export const preflight = defineModule({
  name: 'preflight',
  summary:
    'Fails where this host cannot be a node: its system is not supported, it has the old control groups, or is too small.',
  schema: z.strictObject({
    refusal: z
      .string()
      .default('')
      .describe('Why its system is not supported, and what to do; empty where it is supported'),
    cgroup: z
      .enum(['v2', 'any'])
      .default('v2')
      .describe('v2: control groups of version 1, which the kubelet refuses, are refused here'),
    size: machineSize.optional().describe('What its role needs; without it any size will do'),
  }),
  compile({ refusal, cgroup, size }) {
    const check = sh`host_is_suitable ${refusal} ${cgroup}`
    if (size === undefined) return { check, apply: sh`:` }
    const { role, least, needs, given } = size
    const enough = sh`${raw(check)} && host_is_large_enough ${role} ${least.memory} ${least.cpus} ${needs.memory} ${needs.cpu} ${reservedNumbers(given)}`
    return { check: enough, apply: sh`:` }
  },
})
