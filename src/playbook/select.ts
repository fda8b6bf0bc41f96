import type { Host, Inventory } from '../inventory/inventory.ts'
import type { HostSelector, Phase } from './playbook.ts'

/** Whether a phase runs on this host in this run. */
export function runsOn(phase: Pick<Phase, 'hosts' | 'only'>, host: Host, inventory: Inventory): boolean {
  if (phase.only !== undefined && !phase.only.includes(host.name)) return false
  return selects(phase.hosts, host, inventory)
}

/**
 * Whether a phase is for this host. `first` counts in the inventory's order and passes over hosts that are down, so
 * that a control plane known to be off is not the one everybody waits for.
 */
export function selects(selector: HostSelector, host: Host, inventory: Inventory): boolean {
  if (selector === 'all') return true
  const fits = (one: Host) =>
    (selector.role === undefined || one.role === selector.role) &&
    (selector.names === undefined || selector.names.includes(one.name))
  if (!fits(host)) return false
  if (selector.first === undefined) return true
  const first = inventory.hosts.find((one) => fits(one) && canBeFirst(one, inventory))
  return (first?.name === host.name) === selector.first
}

function canBeFirst(host: Host, inventory: Inventory): boolean {
  return host.state === 'up' && !inventory.passedOver?.includes(host.name)
}
