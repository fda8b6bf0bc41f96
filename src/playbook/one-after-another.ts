import type { Phase, Playbook } from './playbook.ts'

/**
 * The playbook with one of its phases taken by its hosts in turn: a phase for each, called NAME HOST, whose first task waits, where
 * it has something to do, until the host before has ended its last. Who fails holds up those after it. Both tasks must leave
 * `needs` and `output` to this. Hosts that have nothing to do wait for nobody.
 */
export function oneAfterAnother(playbook: Playbook, name: string, hosts: readonly string[]): Playbook {
  return {
    ...playbook,
    phases: playbook.phases.flatMap((phase) =>
      phase.name === name ? hosts.map((_, at) => turnOf(phase, hosts, at)) : [phase],
    ),
  }
}

function turnOf(phase: Phase, hosts: readonly string[], at: number): Phase {
  const last = phase.tasks.length - 1
  return {
    ...phase,
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
  return `${phase.name.replace(/[^a-z0-9]+(.)/gi, (_, letter: string) => letter.toUpperCase())}Turn${at + 1}`
}
