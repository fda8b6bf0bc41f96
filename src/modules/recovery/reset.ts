import { raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule, type TaskBody } from '../module.ts'

const parts = ['permission', 'etcd', 'pods', 'runtime', 'network', 'files', 'ledger', 'packages', 'state'] as const

const schema = z.strictObject({
  part: z
    .enum(parts)
    .describe(
      'permission: refuse a node that others made; etcd: take its member out; pods: stop the kubelet and end all pods; ' +
        'runtime: stop the container runtime where it was not there before; network: links, rules, sets and routes; ' +
        'files: directories; ledger: all that was noted, backwards; packages; state: the notes of provision, last',
    ),
  named: z.boolean().default(false).describe('permission: the operator has named this host'),
  nodeStays: z.boolean().default(false).describe('permission: say that the cluster goes on listing the node'),
  subnets: z.array(z.string()).default([]).describe('network: of pods and Services; routes to them are removed'),
  packages: z
    .boolean()
    .default(false)
    .describe('packages: remove those that were not there before; otherwise they stay'),
})

type Arguments = z.output<typeof schema>

/** How long a part may take, in seconds, where that is not what is usual. */
const SLOW = 900

/** One part of taking a host back to what it was. Each is done where its list is empty, and the list is what a plan shows. */
export const reset = defineModule<Arguments>({
  name: 'reset',
  summary: 'Takes back a part of what was done to the host: see docs/guides/reset.md for the order.',
  schema,
  timeout: SLOW,
  library: 'reset',
  compile(args): TaskBody {
    switch (args.part) {
      case 'permission':
        return {
          check: sh`
            ${raw(args.nodeStays ? 'warn_node_stays' : ':')}
            may_reset ${args.named ? 'yes' : 'no'}`,
          apply: sh`:`,
        }
      case 'etcd':
        return { check: sh`etcd_left`, apply: sh`leave_etcd` }
      case 'pods':
        return listed(sh`list_pods`, sh`end_pods`)
      case 'runtime':
        return listed(sh`list_runtime`, sh`stop_runtime`)
      case 'network':
        return listed(
          sh`list_network ${args.subnets}`,
          sh`remove_network ${args.subnets}`,
          sh`plan_network ${args.subnets}`,
        )
      case 'files':
        return listed(sh`list_directories`, sh`remove_directories`)
      case 'ledger':
        return listed(sh`list_ledger`, sh`put_back_ledger`, sh`plan_ledger`)
      case 'packages':
        return args.packages
          ? listed(sh`list_packages`, sh`put_back_packages`, sh`plan_packages`)
          : { check: sh`packages_stay`, apply: sh`:` }
      case 'state':
        return listed(sh`list_state`, sh`remove_state`, sh`plan_state`)
    }
  },
})

/** Done where the list is empty; a plan shows it, or the same in words for people. */
function listed(list: ShellText, apply: ShellText, plan: ShellText = list): TaskBody {
  return { check: sh`listed ${raw(list)}`, apply, diff: sh`${raw(plan)} | sed 's/^/- /'` }
}
