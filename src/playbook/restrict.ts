import type { Phase, Playbook } from './playbook.ts'

/**
 * The playbooks with their phases left to some hosts of those they are for. Phases on demand stay as they are: they
 * run where others ask. So do the phases of the ids in `except`.
 */
export function restrictTo(
  hosts: readonly string[],
  playbooks: readonly Playbook[],
  except: readonly string[] = [],
): Playbook[] {
  requirePhases(playbooks, except)
  return playbooks.map((playbook) => ({
    ...playbook,
    phases: playbook.phases.map((phase) =>
      phase.onDemand || except.includes(phase.id) ? phase : { ...phase, only: hosts },
    ),
  }))
}

/** The playbooks with nothing but the phases of these ids. Throws TypeError where one is in none of them. */
export function onlyPhases(playbooks: readonly Playbook[], ids: readonly string[]): Playbook[] {
  requirePhases(playbooks, ids)
  return playbooks.map((playbook) => ({
    ...playbook,
    phases: playbook.phases.filter((phase) => ids.includes(phase.id)),
  }))
}

/** The playbook with what `change` makes of the phase of this id. Throws TypeError where there is none. */
export function withPhase(playbook: Playbook, id: string, change: (phase: Phase) => readonly Phase[]): Playbook {
  requirePhases([playbook], [id])
  return { ...playbook, phases: playbook.phases.flatMap((phase) => (phase.id === id ? change(phase) : [phase])) }
}

/** A fault of the program, never of the operator: an id in code that no playbook has. */
function requirePhases(playbooks: readonly Playbook[], ids: readonly string[]): void {
  const known = playbooks.flatMap((playbook) => playbook.phases.map((phase) => phase.id))
  const unknown = ids.find((id) => !known.includes(id))
  if (unknown !== undefined) throw new TypeError(`no phase has the id ${unknown}: ${known.join(', ')}`)
}

/** The playbook with some of its vars given by the command. */
export function withVars(playbook: Playbook, vars: Readonly<Record<string, unknown>>): Playbook {
  return { ...playbook, vars: { ...playbook.vars, ...vars } }
}
