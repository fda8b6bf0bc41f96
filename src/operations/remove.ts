import { formatSource, type Problem, UserError } from '../errors.ts'
import { canonical } from '../inventory/addresses.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { endpointHost } from '../inventory/kubernetes/networks/endpoint.ts'
import { loadInventory } from '../inventory/load.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { onlyPhases, restrictTo } from '../playbook/restrict.ts'
import { out } from '../screen.ts'
import { confirmCluster } from '../views/ask.ts'
import { names } from '../views/summary.ts'
import { suggestion } from '../yaml/suggest.ts'
import { askControlPlanes, phasesElsewhere } from './control-plane-failover.ts'
import type { Work } from './execute.ts'
import { type GlobalOptions, refuseLimit } from './options.ts'
import { shippedPlaybook } from './playbooks.ts'
import { resetPlaybooks } from './reset.ts'
import { refuseUnfinished } from './unfinished.ts'

export interface RemoveOptions {
  readonly gone: boolean
  readonly drainTimeout: number
  readonly deleteEmptydirData: boolean
  readonly force: boolean
  readonly packages: boolean
}

export async function remove(given: readonly string[], own: RemoveOptions, options: GlobalOptions): Promise<number> {
  refuseLimit('remove', options, 'list the hosts after remove')
  const inventory = loadInventory(options.inventory, 'reach')
  await refuseUnfinished(inventory)
  const nodes = [...new Set(given)]
  checkRemoval(nodes, inventory, own.gone)
  await confirmCluster(inventory.cluster, deedOf(nodes, own.gone), options.yes)
  const work = (asked: Host, derived: Inventory) =>
    own.gone ? removalOfGone(derived, nodes, asked) : removal(derived, nodes, asked, own)
  const { summary } = await askControlPlanes(inventory, nodes, work, options)
  if (summary.exitCode === 0 && options.output !== 'json') {
    for (const line of afterwards(nodes, inventory)) out.write(`${line}\n`)
  }
  return summary.exitCode
}

/** Throws UserError with all that speaks against it before anybody is contacted. */
export function checkRemoval(nodes: readonly string[], inventory: Inventory, gone: boolean): void {
  const problems = nodes.flatMap((name) => problemsOf(name, inventory, gone))
  const left = inventory.hosts.filter((host) => host.role === 'control-plane' && !nodes.includes(host.name))
  if (problems.length === 0 && left.length === 0) {
    const message = 'no control plane would remain'
    problems.push({ message, hint: 'use `provision reset` to remove the whole cluster' })
  }
  if (problems.length > 0) throw new UserError(problems)
}

function problemsOf(name: string, inventory: Inventory, gone: boolean): Problem[] {
  const host = inventory.hosts.find((each) => each.name === name)
  if (host === undefined) {
    if (gone && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(name)) return []
    const known = inventory.hosts.map((each) => each.name)
    const hint = `${suggestion(name, known)}; use --gone for a host that no longer exists, add any other host to the inventory`
    return [{ message: `host ${name} is not in the inventory`, hint }]
  }
  const endpoint = canonical(endpointHost(inventory.kubernetes.endpoint ?? ''))
  if (endpoint === host.name || endpoint === canonical(host.address)) {
    const message = `kubernetes.endpoint is the address of ${name}: without it nodes cannot reach the API`
    return [{ message, source: host.source, hint: 'set kubernetes.endpoint to an address that remains' }]
  }
  if (host.state === 'down' && !gone) {
    const hint = 'remove state: down first, or use --gone if the host no longer exists'
    return [{ message: `${name} has state: down, so it cannot be reset`, source: host.source, hint }]
  }
  return []
}

/** What the operator is asked about. */
export function deedOf(nodes: readonly string[], gone: boolean): string {
  const many = nodes.length > 1
  return gone
    ? `${names(nodes)} ${many ? 'are' : 'is'} removed as gone: pods there are deleted by force, and the cluster rejects ${many ? 'them' : 'it'} until reset`
    : `${names(nodes)} ${many ? 'leave' : 'leaves'} the cluster: drained, then reset to what ${many ? 'they were' : 'it was'} before`
}

/** What is run to remove nodes whose hosts answer. */
function removal(inventory: Inventory, nodes: readonly string[], asked: Host, own: RemoveOptions): Work {
  const hosts = inventory.hosts.filter((host) => nodes.includes(host.name))
  const playbook = shippedPlaybook('nodes/remove', {
    nodes,
    addresses: addressesOf(nodes, inventory),
    within: own.drainTimeout,
    deleteEmptyDirData: own.deleteEmptydirData,
    force: own.force,
  })
  const part = (ids: readonly string[]) => onlyPhases([playbook], ids)
  const playbooks = [
    ...restrictTo(nodes, part(['present', 'drain', 'drain-completed']), ['drain']),
    ...resetPlaybooks(inventory, hosts, { packages: own.packages, named: true, removed: true }),
    ...restrictTo(nodes, part(['reset-completed', 'delete-nodes']), ['delete-nodes']),
  ]
  const command = `provision remove ${nodes.join(' ')}`
  return workOf(command, inventory, nodes, playbooks, [asked, ...hosts])
}

function removalOfGone(inventory: Inventory, nodes: readonly string[], asked: Host): Work {
  const playbook = shippedPlaybook('nodes/remove-gone', { nodes, addresses: addressesOf(nodes, inventory) })
  return workOf(`provision remove --gone ${nodes.join(' ')}`, inventory, nodes, [playbook], [asked])
}

function workOf(
  command: string,
  inventory: Inventory,
  nodes: readonly string[],
  playbooks: readonly Playbook[],
  selected: readonly Host[],
): Work {
  checkPlaybooks(playbooks, inventory)
  return {
    command,
    mode: 'apply',
    inventory,
    playbooks,
    selected,
    scope: { named: nodes, phases: phasesElsewhere(playbooks) },
  }
}

function addressesOf(nodes: readonly string[], inventory: Inventory): string {
  return inventory.hosts
    .filter((host) => nodes.includes(host.name))
    .map((host) => host.address)
    .join(' ')
}

/** What is left for the operator to do. */
export function afterwards(nodes: readonly string[], inventory: Inventory): string[] {
  const hosts = inventory.hosts.filter((host) => nodes.includes(host.name))
  return hosts.map((host) => `now delete ${host.name} from the inventory: ${formatSource(host.source)}`)
}
