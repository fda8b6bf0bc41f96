import type { Phase, Playbook } from './playbook.ts'
import { withPhase } from './restrict.ts'

/**
 * The playbook with the phase of this id taken by its hosts in turn: a phase for each, called NAME HOST, whose first task waits, where
 * it has something to do, until the host before has ended its last. Who fails holds up those after it. Both tasks must leave
 * `needs` and `output` to this. Hosts that have nothing to do wait for nobody.
 */
export function oneAfterAnother(playbook: Playbook, id: string, hosts: readonly string[]): Playbook {
  return withPhase(playbook, id, (phase) => hosts.map((_, at) => turnOf(phase, hosts, at)))
}

function turnOf(phase: Phase, hosts: readonly string[], at: number): Phase {
  const last = phase.tasks.length - 1
  return {
    ...phase,
    id: `${phase.id}-${at + 1}`,
    name: `${phase.name} ${hosts[at]}`,
    hosts: { names: [hosts[at] as string] },
    tasks: phase.tasks.map((task, index) => ({
      ...task,
      ...(index === 0 && at > 0 ? { needs: [doneBy(phase, at - 1)] } : {}),
      ...(index === last ? { output: { name: doneBy(phase, at), secret: false } } : {}),
    })),
  }
}

/** The value's name: what reports show while a host waits for it, `renewTurn1 from cp1`. */
function doneBy(phase: Phase, at: number): string {
  return `${phase.id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Turn${at + 1}`
}
