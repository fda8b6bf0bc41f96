import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'
import { etcdMembers } from './etcd.ts'

/** A question only: what would lose the majority is refused before anything else is done. */
export const etcdQuorum = defineModule({
  name: 'etcdQuorum',
  summary: 'Refuses to go on where etcd would lose its majority without some members. Changes nothing.',
  schema: z.strictObject({
    without: z.array(z.string()).describe('Names of the members; those that are no members do not count'),
  }),
  compile: (args) => ({
    check: sh`
      ${raw(etcdMembers(args.without))}
      [ -z "$lost" ] || judge_quorum`,
    apply: sh`exit 1`,
  }),
})
