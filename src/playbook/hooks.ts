import { type Problem, UserError } from '../errors.ts'
import type { Hook } from '../inventory/inventory.ts'
import { sortProblems } from '../yaml/problems.ts'
import { suggestion } from '../yaml/suggest.ts'
import type { Phase, Playbook } from './playbook.ts'

/**
 * The playbooks with those of the hooks in their places: a playbook that a hook runs in the middle of is taken apart
 * by phase. `load` reads a hook's playbook and throws UserError. Throws UserError with all that is wrong.
 */
export function withHooks(
  playbooks: readonly Playbook[],
  hooks: readonly Hook[],
  load: (file: string) => readonly Playbook[],
): Playbook[] {
  if (hooks.length === 0) return [...playbooks]
  const phases = playbooks.flatMap((playbook) => playbook.phases)
  const problems: Problem[] = []
  const loaded = hooks.flatMap((hook) => {
    if (!phases.some((phase) => isCalled(hook.phase, phase))) {
      const message = `phase ${hook.phase} does not exist`
      const ids = phases.map((phase) => phase.id)
      problems.push({ message, source: hook.source, hint: suggestion(hook.phase, ids) })
    }
    try {
      return load(hook.run).map((playbook) => ({ hook, playbook }))
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      problems.push(...error.problems)
      return []
    }
  })
  if (problems.length > 0) throw new UserError(sortProblems(problems))
  const placed = (when: Hook['when'], phase: Phase) =>
    loaded.filter(({ hook }) => hook.when === when && isCalled(hook.phase, phase)).map(({ playbook }) => playbook)
  return playbooks.flatMap((playbook) =>
    playbook.phases.flatMap((phase) => [
      ...placed('before', phase),
      { ...playbook, phases: [phase] },
      ...placed('after', phase),
    ]),
  )
}

/** Whether a hook means this phase: by its id, or by its name as reports show it. */
function isCalled(given: string, phase: Phase): boolean {
  return given === phase.id || given === phase.name
}
