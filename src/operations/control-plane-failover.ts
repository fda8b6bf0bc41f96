import { UserError } from '../errors.ts'
import type { RunSummary } from '../events/run-event.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { out } from '../screen.ts'
import { type Executed, execute, type Work } from './execute.ts'
import type { GlobalOptions } from './options.ts'

/**
 * Runs what one control plane and some other hosts do, with the first control plane that answers: `leaving` are hosts that
 * cannot be asked, since they come or go themselves. `work` makes the run for the one that is asked, from an inventory in
 * which it is the first. Throws UserError where there is none to ask.
 */
export async function askControlPlanes(
  inventory: Inventory,
  leaving: readonly string[],
  work: (asked: Host, inventory: Inventory) => Work,
  options: GlobalOptions,
): Promise<Executed> {
  const passedOver = [...leaving]
  let asked = controlPlaneToAsk(inventory, passedOver)
  for (;;) {
    const executed = await execute(work(asked, { ...inventory, passedOver: [...passedOver] }), options)
    const next = nextControlPlane(executed.summary, asked, inventory, passedOver)
    if (next === undefined) return executed
    if (options.output !== 'json') out.write(`${asked.name} is unreachable; trying again with ${next.name}\n\n`)
    passedOver.push(asked.name)
    asked = next
  }
}

/** The first control plane that is up and not passed over. Throws UserError where there is none. */
export function controlPlaneToAsk(inventory: Inventory, passedOver: readonly string[]): Host {
  const asked = planesToAsk(inventory, passedOver)[0]
  if (asked !== undefined) return asked
  throw new UserError(
    'no control plane is reachable',
    'run `provision status`; to create a cluster, run `provision`; state: down in the inventory skips a host',
  )
}

function planesToAsk(inventory: Inventory, passedOver: readonly string[]): Host[] {
  return inventory.hosts.filter(
    (host) => host.role === 'control-plane' && host.state === 'up' && !passedOver.includes(host.name),
  )
}

/** The control plane to try again with, when the one that was asked is what kept the others from going on. */
export function nextControlPlane(
  summary: RunSummary,
  asked: Host,
  inventory: Inventory,
  passedOver: readonly string[],
): Host | undefined {
  const outcome = summary.hosts.find((host) => host.name === asked.name)?.outcome
  if (outcome !== 'unreachable') return undefined
  return planesToAsk(inventory, [...passedOver, asked.name])[0]
}

/** The phases in which such a run concerns the control plane that is asked. */
export function phasesElsewhere(playbooks: readonly Playbook[]): string[] {
  return playbooks.flatMap((each) => each.phases.filter((phase) => phase.only === undefined).map((phase) => phase.name))
}
