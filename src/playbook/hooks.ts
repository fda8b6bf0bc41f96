import { type Problem, UserError } from '../errors.ts'
import type { Hook } from '../inventory/inventory.ts'
import { sortProblems } from '../yaml/problems.ts'
import { suggestion } from '../yaml/suggest.ts'
import type { Playbook } from './playbook.ts'

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
  const phases = playbooks.flatMap((playbook) => playbook.phases.map((phase) => phase.name))
  const problems: Problem[] = []
  const loaded = hooks.flatMap((hook) => {
    if (!phases.includes(hook.phase)) {
      const message = `there is no phase ${hook.phase}`
      problems.push({ message, source: hook.source, hint: suggestion(hook.phase, phases) })
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
  const placed = (when: Hook['when'], phase: string) =>
    loaded.filter(({ hook }) => hook.when === when && hook.phase === phase).map(({ playbook }) => playbook)
  return playbooks.flatMap((playbook) =>
    playbook.phases.flatMap((phase) => [
      ...placed('before', phase.name),
      { ...playbook, phases: [phase] },
      ...placed('after', phase.name),
    ]),
  )
}
