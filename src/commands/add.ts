import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { type Problem, UserError } from '../errors.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { scopeTaints } from '../plan/scope.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { restrictTo, withVars } from '../playbook/restrict.ts'
import { names } from '../report/summary.ts'
import { suggestion } from '../yaml/suggest.ts'
import { execute, type Work } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { clusterPlaybooks } from './playbooks.ts'

const playbook = fileURLToPath(new URL('../../playbooks/add.yaml', import.meta.url))

/** Phases of the cluster's own playbooks that concern a control plane whenever a node is added. */
const alsoElsewhere: readonly string[] = []

/** Nodes for a cluster that is there. */
export function registerAdd(program: Command): void {
  program
    .command('add')
    .argument('<host...>', 'hosts of the inventory that are to become nodes')
    .summary('make hosts nodes of the cluster, contacting nobody else but one control plane')
    .description(
      'Prepares the hosts, has them join side by side, labels and taints their nodes and waits until they are Ready ' +
        'and reach DNS and Services. Of the other hosts only one control plane is contacted, for the token and the proof.',
    )
    .action(async (hosts: string[], _own: unknown, command: Command) => {
      process.exitCode = await add(hosts, command.optsWithGlobals<GlobalOptions>())
    })
}

async function add(given: readonly string[], options: GlobalOptions): Promise<number> {
  if (options.limit !== undefined) throw new UserError('add and --limit do not go together', 'name the hosts after add')
  const inventory = loadInventory(options.inventory)
  const added = hostsToAdd(given, inventory)
  const passedOver = added.map((host) => host.name)
  for (;;) {
    const asked = controlPlaneToAsk(inventory, passedOver)
    const { summary } = await execute(addition(inventory, added, asked, passedOver), options)
    const next = standIn(summary, asked, inventory, passedOver)
    if (next === undefined) {
      if (options.output !== 'json') print(afterwards(summary, added, inventory))
      return summary.exitCode
    }
    if (options.output !== 'json') print([`${asked.name} could not be asked: again with ${next.name}`, ''])
    passedOver.push(asked.name)
  }
}

/** The named hosts, in the inventory's order. Throws UserError with all that cannot be added. */
export function hostsToAdd(given: readonly string[], inventory: Inventory): Host[] {
  const known = inventory.hosts.map((host) => host.name)
  const problems = [...new Set(given)].flatMap((name): Problem[] => {
    const host = inventory.hosts.find((each) => each.name === name)
    if (host === undefined) {
      const hint = `${suggestion(name, known)}; a new host is written into ${inventory.file} first`
      return [{ message: `there is no host ${name} in the inventory`, hint }]
    }
    if (host.state === 'up') return []
    return [
      {
        message: `${name} has state: down, so it is left alone`,
        source: host.source,
        hint: 'remove state: down first',
      },
    ]
  })
  if (problems.length > 0) throw new UserError(problems)
  return inventory.hosts.filter((host) => given.includes(host.name))
}

/** The first control plane that is up and not passed over. Throws UserError where there is none. */
export function controlPlaneToAsk(inventory: Inventory, passedOver: readonly string[]): Host {
  const asked = planesToAsk(inventory, passedOver)[0]
  if (asked !== undefined) return asked
  throw new UserError(
    'there is no control plane to join: all that are up are to be added themselves',
    'run `provision`, which makes a cluster where there is none',
  )
}

function planesToAsk(inventory: Inventory, passedOver: readonly string[]): Host[] {
  return inventory.hosts.filter(
    (host) => host.role === 'control-plane' && host.state === 'up' && !passedOver.includes(host.name),
  )
}

/** The control plane to try again with, when the one that was asked is what kept hosts from joining. */
export function standIn(
  summary: RunSummary,
  asked: Host,
  inventory: Inventory,
  passedOver: readonly string[],
): Host | undefined {
  const outcome = summary.hosts.find((host) => host.name === asked.name)?.outcome
  const waited = summary.hosts.some((host) => host.name !== asked.name && host.outcome === 'not-attempted')
  if (outcome !== 'unreachable' && !(outcome === 'failed' && waited)) return undefined
  return planesToAsk(inventory, [...passedOver, asked.name])[0]
}

/** What is run: the cluster's own playbooks on the new hosts, and the welcome on the control plane that is asked. */
export function addition(whole: Inventory, added: readonly Host[], asked: Host, passedOver: readonly string[]): Work {
  const inventory: Inventory = { ...whole, passedOver: [...passedOver] }
  const nodes = added.map((host) => host.name)
  const welcome = loadPlaybooks([playbook]).map((each) => withVars(each, { nodes, taints: scopeTaints(added) }))
  const playbooks = [...restrictTo(nodes, clusterPlaybooks(inventory), alsoElsewhere), ...welcome]
  checkPlaybooks(playbooks, inventory)
  return {
    command: `provision add ${nodes.join(' ')}`,
    mode: 'apply',
    inventory,
    playbooks,
    // First: it is the one that stands for the cluster.
    selected: [asked, ...added],
    scope: { named: nodes, phases: phasesElsewhere(playbooks) },
  }
}

function phasesElsewhere(playbooks: readonly Playbook[]): string[] {
  return playbooks.flatMap((each) => each.phases.filter((phase) => phase.only === undefined).map((phase) => phase.name))
}

/** What the operator should know once nodes have been added. */
export function afterwards(summary: RunSummary, added: readonly Host[], inventory: Inventory): string[] {
  const outcome = (host: Host) => summary.hosts.find((each) => each.name === host.name)?.outcome
  const already = added.filter((host) => outcome(host) === 'converged').map((host) => host.name)
  const fresh = added.filter((host) => outcome(host) === 'changed').map((host) => host.name)
  const others = inventory.hosts.filter((host) => host.state === 'up' && !added.includes(host)).map((host) => host.name)
  const learn =
    inventory.names === 'hosts' && fresh.length > 0 && others.length > 0
      ? [
          `${others.length} ${others.length === 1 ? 'host learns' : 'hosts learn'} the new ${fresh.length === 1 ? 'name' : 'names'} in /etc/hosts at the next whole run: ${names(others, 3)}`,
        ]
      : []
  return [
    ...(already.length > 0
      ? [
          `${names(already)} ${already.length === 1 ? 'is a node' : 'are nodes'} of the cluster already: nothing was to do there`,
        ]
      : []),
    ...learn,
  ]
}

function print(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}
