import { type Problem, UserError } from '../errors.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { restrictTo } from '../playbook/restrict.ts'
import { out } from '../screen.ts'
import { nodeTaints } from '../variables/nodes.ts'
import { names } from '../views/summary.ts'
import { suggestion } from '../yaml/suggest.ts'
import { askControlPlanes, phasesElsewhere } from './control-plane-failover.ts'
import type { Work } from './execute.ts'
import { type GlobalOptions, refuseLimit } from './options.ts'
import { clusterPlaybooks, shippedPlaybook } from './playbooks.ts'
import { refuseUnfinished } from './unfinished.ts'

/** Ids of phases of the cluster's own playbooks that the control plane that is asked runs, too. */
function alsoElsewhere(inventory: Inventory): readonly string[] {
  return ['readmit-nodes', ...(inventory.names === 'dns' ? ['name-servers'] : [])]
}

export async function add(given: readonly string[], options: GlobalOptions): Promise<number> {
  refuseLimit('add', options, 'list the hosts after add')
  const inventory = loadInventory(options.inventory)
  await refuseUnfinished(inventory)
  const added = hostsToAdd(given, inventory)
  const nodes = added.map((host) => host.name)
  const work = (asked: Host, derived: Inventory) => addition(derived, added, asked)
  const { summary, outputs } = await askControlPlanes(inventory, nodes, work, options)
  if (options.output !== 'json' && summary.exitCode === 0)
    print(afterwards(outputs.get('standing') ?? new Map(), added, inventory))
  return summary.exitCode
}

/** The named hosts, in the inventory's order. Throws UserError with all that cannot be added. */
export function hostsToAdd(given: readonly string[], inventory: Inventory): Host[] {
  const known = inventory.hosts.map((host) => host.name)
  const problems = [...new Set(given)].flatMap((name): Problem[] => {
    const host = inventory.hosts.find((each) => each.name === name)
    if (host === undefined) {
      const hint = `${suggestion(name, known)}; add new hosts to ${inventory.file} first`
      return [{ message: `host ${name} is not in the inventory`, hint }]
    }
    if (host.state === 'up') return []
    return [
      {
        message: `${name} has state: down`,
        source: host.source,
        hint: 'remove state: down first',
      },
    ]
  })
  if (problems.length > 0) throw new UserError(problems)
  return inventory.hosts.filter((host) => given.includes(host.name))
}

/** What is run: the cluster's own playbooks on the new hosts, and the welcome on the control plane that is asked. */
export function addition(inventory: Inventory, added: readonly Host[], asked: Host): Work {
  const nodes = added.map((host) => host.name)
  const welcome = shippedPlaybook('nodes/add', { nodes, taints: nodeTaints(added) })
  const playbooks = [...restrictTo(nodes, clusterPlaybooks(inventory), alsoElsewhere(inventory)), welcome]
  checkPlaybooks(playbooks, inventory)
  return {
    command: `provision add ${nodes.join(' ')}`,
    mode: 'apply',
    nodes: 'make',
    inventory,
    playbooks,
    // First: it is the one that stands for the cluster.
    selected: [asked, ...added],
    scope: { named: nodes, phases: phasesElsewhere(playbooks) },
  }
}

/** What the operator should know once nodes have been added; `standing`: what each host was when the run began. */
export function afterwards(
  standing: ReadonlyMap<string, string>,
  added: readonly Host[],
  inventory: Inventory,
): string[] {
  const was = (host: Host) => standing.get(host.name)?.trim()
  const already = added.filter((host) => was(host) === 'node').map((host) => host.name)
  const fresh = added.filter((host) => was(host) === 'fresh').map((host) => host.name)
  const others = inventory.hosts.filter((host) => host.state === 'up' && !added.includes(host)).map((host) => host.name)
  const learn =
    inventory.names === 'hosts' && fresh.length > 0 && others.length > 0
      ? [
          `${others.length} ${others.length === 1 ? 'host learns' : 'hosts learn'} the new ${fresh.length === 1 ? 'name' : 'names'} in /etc/hosts at the next whole run: ${names(others, 3)}`,
        ]
      : []
  return [
    ...(already.length > 0
      ? [`${names(already)} ${already.length === 1 ? 'is a node' : 'are nodes'} of the cluster already`]
      : []),
    ...learn,
  ]
}

function print(lines: readonly string[]): void {
  for (const line of lines) out.write(`${line}\n`)
}
