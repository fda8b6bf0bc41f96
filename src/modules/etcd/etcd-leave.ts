import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'
import { etcdMembers } from './etcd.ts'

/** Members leave one after the other, each only while a majority remains. */
export const etcdLeave = defineModule({
  name: 'etcdLeave',
  summary: 'Takes members out of etcd, as long as a majority remains.',
  schema: z.strictObject({
    members: z.array(z.string()).describe('Names of the members; those that are no members are left out'),
    present: z.boolean().default(true).describe('Only those whose hosts have answered in this run'),
  }),
  timeout: 180,
  compile(args, context) {
    const present = args.present ? context.gathered('present') : undefined
    const members = args.members.filter((name) => present === undefined || Object.hasOwn(present, name))
    const look = etcdMembers(members)
    return {
      check: lines(
        look,
        sh`if [ -n "$lost" ]; then say "members of etcd: $(printf %s "$lost" | cut -d ' ' -f 2 | tr '\\n' ' ')"; exit 1; fi`,
      ),
      apply: sh`
        ${raw(look)}
        judge_quorum
        # For five seconds after a member has come back etcd calls the cluster unhealthy, and lets nobody go.
        leave() { etcdctl member remove "$1" </dev/null; }
        printf %s "$lost" | while read -r id name _; do
          wait_for 30 "etcd to let $name go" leave "$id"
          say "$name is no member any more"
        done`,
    }
  },
})
