import { lines, raw, sh } from '../../shell/quote.ts'
import { defineModule, type TaskBody } from '../module.ts'
import { type FirewallArguments, firewallSchema } from './firewall-arguments.ts'
import { firewalldFiles } from './firewalld.ts'
import { ufwTuples } from './ufw.ts'

/** Ports in whatever firewall runs; nothing where none does. Rules of others are neither read nor changed. */
export const firewall = defineModule<FirewallArguments>({
  name: 'firewall',
  summary: 'Lets in what nodes need where firewalld or ufw runs, or turns these off; see docs/guides/firewall.md.',
  schema: firewallSchema,
  timeout: 900,
  compile: (args) => (args.mode === 'off' ? off() : open(args)),
})

const units = ['firewalld.service']

function off(): TaskBody {
  return { check: sh`firewall_is_off`, apply: sh`turn_firewall_off`, prefetch: { units } }
}

function open(args: FirewallArguments): TaskBody {
  const files = firewalldFiles(args)
  const tuples = ufwTuples(args).join('\n')
  const paths = files.map(([path]) => path)
  const digests = files.flatMap(([path, , digest]) => [path, digest])
  return {
    check: lines(
      sh`which_firewall`,
      sh`case $F_ACTIVE in`,
      sh`none) tell_of_own_rules ${requirements(args)}; return 0 ;;`,
      sh`esac`,
      sh`firewall_nodes_known ${args.unresolved.join(' ')} || return 3`,
      sh`case $F_ACTIVE in`,
      sh`firewalld) firewalld_is_open ${digests} ;;`,
      sh`ufw) ufw_is_open ${tuples} ;;`,
      sh`esac`,
    ),
    apply: lines(
      sh`which_firewall`,
      sh`case $F_ACTIVE in`,
      sh`firewalld)`,
      sh`begin_firewalld ${paths}`,
      ...files.map(([path, text]) => sh`put_firewalld ${path} ${text}`),
      sh`end_firewalld`,
      sh`;;`,
      sh`ufw) open_ufw ${tuples}${raw(args.openings.some((each) => each.protocol === 'ipip') ? ' ipip' : '')} ;;`,
      sh`esac`,
    ),
    prefetch: { units, files: paths },
  }
}

/** For people: what must get in. */
function requirements(args: FirewallArguments): string {
  const rows = args.openings.map(
    (each) =>
      `${each.protocol}${each.ports === undefined ? '' : ` ${each.ports}`} from ${each.from.join(' and ')} (${each.name})`,
  )
  return [...rows, `forwarding from and to ${args.sources.pods.join(', ')} (pods)`].join('; ')
}
