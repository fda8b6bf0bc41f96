import type { Inventory } from '../inventory/inventory.ts'
import type { HostSelector, Playbook } from './playbook.ts'
import { runsOn } from './select.ts'

/** A value that hosts give one another, and who makes it. */
export interface OutputSpec {
  readonly name: string
  /** Those of the inventory that are up and whose tasks output it. */
  readonly hosts: readonly string[]
  /** Made only when another host needs it. */
  readonly onDemand: boolean
  /** Made by any number of hosts: whoever needs it gets a map of host to value. */
  readonly gathered: boolean
}

/** Every output of the playbooks. Pure. */
export function outputsOf(playbooks: readonly Playbook[], inventory: Inventory): OutputSpec[] {
  const specs = new Map<string, OutputSpec>()
  for (const phase of playbooks.flatMap((playbook) => playbook.phases)) {
    const hosts = inventory.hosts.filter((host) => host.state === 'up' && runsOn(phase, host, inventory))
    for (const { output } of phase.tasks) {
      if (output === undefined) continue
      const before = specs.get(output.name)
      specs.set(output.name, {
        name: output.name,
        hosts: [...new Set([...(before?.hosts ?? []), ...hosts.map((host) => host.name)])],
        onDemand: phase.onDemand && (before?.onDemand ?? true),
        gathered: (before?.gathered ?? false) || !isSingle(phase.hosts),
      })
    }
  }
  return [...specs.values()]
}

function isSingle(selector: HostSelector): boolean {
  return selector !== 'all' && (selector.first === true || selector.names?.length === 1)
}
