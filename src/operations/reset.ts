import { rm } from 'node:fs/promises'
import { type Problem, UserError } from '../errors.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { restrictTo, withVars } from '../playbook/restrict.ts'
import { shipped } from '../shipped.ts'
import { statePaths } from '../state/paths.ts'
import { confirmCluster } from '../views/ask.ts'
import { names } from '../views/summary.ts'
import { suggestion } from '../yaml/suggest.ts'
import { execute, type Work } from './execute.ts'
import { type GlobalOptions, refuseLimit } from './options.ts'
import { ownPlaybooks } from './playbooks.ts'
import { refuseUnfinished } from './unfinished.ts'

const playbook = shipped('playbooks/reset.yaml')

export interface ResetOptions {
  readonly packages: boolean
  readonly force: boolean
  readonly check: boolean
}

export async function reset(given: readonly string[], own: ResetOptions, options: GlobalOptions): Promise<number> {
  refuseLimit('reset', options, 'list the hosts after reset')
  const inventory = loadInventory(options.inventory, 'reach')
  if (!own.check) await refuseUnfinished(inventory)
  const selected = hostsToReset(given, inventory)
  const work: Work = {
    command: [
      'provision reset',
      ...given,
      ...(own.packages ? ['--packages'] : []),
      ...(own.force ? ['--force'] : []),
      ...(own.check ? ['--check'] : []),
    ].join(' '),
    mode: own.check ? 'check' : 'apply',
    nodes: own.force ? 'any' : 'keep',
    inventory,
    playbooks: resetPlaybooks(inventory, selected, { packages: own.packages, named: given.length > 0 }),
    selected,
  }
  if (!own.check) await confirmCluster(inventory.cluster, deedOf(selected, inventory), options.yes)
  const { summary } = await execute(work, options)
  // It would lead to a cluster that is not there any more.
  if (!own.check && summary.exitCode === 0 && controlPlanesLeft(selected, inventory).length === 0) {
    await rm(statePaths(inventory).kubeconfig, { force: true })
  }
  return summary.exitCode
}

/** The named hosts in the inventory's order, or all. Throws UserError with all that cannot be reset. */
export function hostsToReset(given: readonly string[], inventory: Inventory): Host[] {
  if (given.length === 0) return [...inventory.hosts]
  const known = inventory.hosts.map((host) => host.name)
  const problems = [...new Set(given)].flatMap((name): Problem[] => {
    const host = inventory.hosts.find((each) => each.name === name)
    if (host === undefined) return [{ message: `host ${name} is not in the inventory`, hint: suggestion(name, known) }]
    if (host.state === 'up') return []
    const message = `${name} has state: down`
    return [{ message, source: host.source, hint: 'remove state: down first' }]
  })
  if (problems.length > 0) throw new UserError(problems)
  return inventory.hosts.filter((host) => given.includes(host.name))
}

export interface ResetSettings {
  /** Also remove the packages that we installed. */
  readonly packages: boolean
  /** The operator named these hosts: nodes that others made may be reset too. */
  readonly named: boolean
  /** The nodes, and the members of etcd on them, have been taken out of the cluster already. */
  readonly removed?: boolean
}

/** What resets these hosts, on them alone. The rest of the cluster is not contacted, but by a control plane that leaves its etcd. */
export function resetPlaybooks(
  inventory: Inventory,
  hosts: readonly Host[],
  { packages, named, removed = false }: ResetSettings,
): Playbook[] {
  const goesOn = controlPlanesLeft(hosts, inventory).length > 0
  const leaves = goesOn && !removed
  const vars = { packages, named, etcdGoesOn: leaves, nodesStay: leaves }
  return restrictTo(
    hosts.map((host) => host.name),
    ownPlaybooks([playbook], inventory).map((each) => withVars(each, vars)),
  )
}

/** Control planes, up or down, that are not among these hosts. */
function controlPlanesLeft(hosts: readonly Host[], inventory: Inventory): Host[] {
  return inventory.hosts.filter((host) => host.role === 'control-plane' && !hosts.includes(host))
}

/** What the operator is asked about. */
export function deedOf(selected: readonly Host[], inventory: Inventory): string {
  const up = selected.filter((host) => host.state === 'up').map((host) => host.name)
  const count = `${up.length} ${up.length === 1 ? 'host goes' : 'hosts go'} back to what ${up.length === 1 ? 'it was' : 'they were'}: ${names(up)}`
  const lost =
    controlPlanesLeft(selected, inventory).length > 0
      ? 'Pods on them end, and their data on local disks is lost. The rest of the cluster keeps running.'
      : `The cluster ${inventory.cluster} and all its data are lost.`
  return `${count}\n${lost}`
}
