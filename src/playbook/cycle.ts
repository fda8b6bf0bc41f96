import type { SourceRef } from '../errors.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { Phase, Playbook, PlaybookTask } from './playbook.ts'
import { runsOn } from './select.ts'

/** A host that cannot go on before another has made a value. */
export interface Wait {
  readonly host: string
  readonly value: string
  readonly from: string
  readonly source: SourceRef
}

interface Step {
  readonly host: string
  readonly task: PlaybookTask
  readonly phase: Phase
  /** What comes before it on the same host. */
  readonly before: Step | undefined
  mark: 'new' | 'open' | 'done'
}

/**
 * Hosts that would wait for each other in a ring, as the waits around it; undefined where there is none. `when` is not
 * looked at: it can only take tasks away.
 */
export function findCycle(playbooks: readonly Playbook[], inventory: Inventory): Wait[] | undefined {
  const phases = playbooks.flatMap((playbook) => playbook.phases)
  const steps = representatives(phases, inventory).flatMap((host) => stepsOf(host, phases, inventory))
  const producers = new Map<string, Step[]>()
  for (const step of steps) {
    const name = step.task.output?.name
    if (name !== undefined) producers.set(name, [...(producers.get(name) ?? []), step])
  }
  for (const step of steps) {
    const cycle = visit(step, producers, [])
    if (cycle !== undefined) return cycle
  }
  return undefined
}

/** Of hosts that go through the same phases two are enough: one that waits and one that is waited for. */
function representatives(phases: readonly Phase[], inventory: Inventory): Host[] {
  const seen = new Map<string, number>()
  return inventory.hosts.filter((host) => {
    if (host.state === 'down') return false
    const key = phases.map((phase) => (runsOn(phase, host, inventory) ? 'x' : '-')).join('')
    seen.set(key, (seen.get(key) ?? 0) + 1)
    return (seen.get(key) ?? 0) <= 2
  })
}

function stepsOf(host: Host, phases: readonly Phase[], inventory: Inventory): Step[] {
  let last: Step | undefined
  return phases
    .filter((phase) => runsOn(phase, host, inventory))
    .flatMap((phase) => {
      let before = last
      const steps = phase.tasks.map((task) => {
        before = { host: host.name, task, phase, before, mark: 'new' }
        return before
      })
      // What is made on demand holds nobody up who does not ask for it.
      if (!phase.onDemand) last = before
      return steps
    })
}

function visit(
  step: Step,
  producers: ReadonlyMap<string, readonly Step[]>,
  trail: readonly { step: Step; wait?: Wait }[],
): Wait[] | undefined {
  if (step.mark === 'done') return undefined
  if (step.mark === 'open') {
    const ring = trail.slice(trail.findIndex((one) => one.step === step))
    return ring.flatMap((one) => one.wait ?? [])
  }
  step.mark = 'open'
  if (step.before !== undefined) {
    const cycle = visit(step.before, producers, [...trail, { step }])
    if (cycle !== undefined) return cycle
  }
  for (const [index, value] of step.task.needs.entries()) {
    for (const from of producers.get(value) ?? []) {
      if (from.host === step.host) continue
      const wait = { host: step.host, value, from: from.host, source: step.task.locate(['needs', index]) }
      const cycle = visit(from, producers, [...trail, { step, wait }])
      if (cycle !== undefined) return cycle
    }
  }
  step.mark = 'done'
  return undefined
}
