import type { Inventory } from '../inventory/inventory.ts'
import type { HostSelector, Playbook } from './playbook.ts'
import { selects } from './select.ts'

/** A value that hosts give to others. */
export interface OutputSpec {
  readonly name: string
  readonly secret: boolean
  /** Hosts of the inventory that make it, those that are down left out. */
  readonly hosts: readonly string[]
  /** Made only when somebody asks. */
  readonly onDemand: boolean
  /** Several hosts may make it: whoever needs it gets a map of host to value. */
  readonly gathered: boolean
}

/** Every output that the playbooks declare. */
export function outputsOf(playbooks: readonly Playbook[], inventory: Inventory): OutputSpec[] {
  const specs = new Map<string, OutputSpec>()
  for (const phase of playbooks.flatMap((playbook) => playbook.phases)) {
    const hosts = inventory.hosts.filter((host) => host.state === 'up' && selects(phase.hosts, host, inventory))
    for (const { output } of phase.tasks) {
      if (output === undefined) continue
      const before = specs.get(output.name)
      specs.set(output.name, {
        name: output.name,
        secret: output.secret || before?.secret === true,
        hosts: [...new Set([...(before?.hosts ?? []), ...hosts.map((host) => host.name)])],
        onDemand: phase.onDemand,
        gathered: before !== undefined || !isSingle(phase.hosts),
      })
    }
  }
  return [...specs.values()]
}

function isSingle(selector: HostSelector): boolean {
  return selector !== 'all' && (selector.first === true || selector.names?.length === 1)
}
