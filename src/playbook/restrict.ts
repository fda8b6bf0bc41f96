import type { Playbook } from './playbook.ts'

/**
 * The playbooks with their phases left to some hosts of those they are for. Phases on demand stay as they are: they
 * run where others ask. So do the phases named in `except`.
 */
export function restrictTo(
  hosts: readonly string[],
  playbooks: readonly Playbook[],
  except: readonly string[] = [],
): Playbook[] {
  return playbooks.map((playbook) => ({
    ...playbook,
    phases: playbook.phases.map((phase) =>
      phase.onDemand || except.includes(phase.name) ? phase : { ...phase, only: hosts },
    ),
  }))
}

/** The playbook with some of its vars given by the command. */
export function withVars(playbook: Playbook, vars: Readonly<Record<string, unknown>>): Playbook {
  return { ...playbook, vars: { ...playbook.vars, ...vars } }
}
