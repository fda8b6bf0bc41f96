import { type Problem, UserError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { sortProblems } from '../yaml/problems.ts'
import { suggestion } from '../yaml/suggest.ts'
import { findCycle } from './cycle.ts'
import type { Phase, Playbook, PlaybookTask } from './playbook.ts'

interface Placed {
  readonly task: PlaybookTask
  readonly phase: Phase
}

/**
 * What must fit together among the tasks of all playbooks of a run: ids, values and who makes them, hooks and names of
 * the inventory. Throws UserError with everything that does not.
 */
export function checkPlaybooks(playbooks: readonly Playbook[], inventory: Inventory): void {
  const placed = playbooks.flatMap((playbook) =>
    playbook.phases.flatMap((phase) => phase.tasks.map((task) => ({ task, phase }))),
  )
  const problems = [
    ...duplicatePhases(playbooks),
    ...checkNames(playbooks, inventory),
    ...checkIds(placed),
    ...checkValues(placed),
    ...checkOutputs(placed),
  ]
  if (problems.length === 0) problems.push(...checkCycle(playbooks, inventory))
  if (problems.length > 0) throw new UserError(sortProblems(problems))
}

/** Code and hooks select phases by id, events name them: both are unique. */
function duplicatePhases(playbooks: readonly Playbook[]): Problem[] {
  const phases = playbooks.flatMap((playbook) => playbook.phases)
  return phases.flatMap((phase, index) => {
    const earlier = phases.slice(0, index)
    if (earlier.some((other) => other.name === phase.name)) {
      const message = `phase ${phase.name} exists twice`
      return [{ message, source: phase.source, hint: 'give each phase a unique name' }]
    }
    if (earlier.some((other) => other.id === phase.id)) {
      const message = `phase id ${phase.id} exists twice`
      return [{ message, source: phase.source, hint: 'give each phase a unique id' }]
    }
    return []
  })
}

function checkNames(playbooks: readonly Playbook[], inventory: Inventory): Problem[] {
  const known = inventory.hosts.map((host) => host.name)
  return playbooks.flatMap((playbook) =>
    playbook.phases.flatMap((phase) => {
      const names = phase.hosts === 'all' ? [] : (phase.hosts.names ?? [])
      return names
        .filter((name) => !known.includes(name))
        .map((name) => ({
          message: `phase ${phase.name} names a host ${name} that is not in the inventory`,
          source: phase.source,
          hint: suggestion(name, known),
        }))
    }),
  )
}

function checkIds(placed: readonly Placed[]): Problem[] {
  const seen = new Map<string, { background: boolean }>()
  const all = placed.flatMap(({ task }) => task.id ?? [])
  return placed.flatMap(({ task }) => {
    const problems = [
      ...refers(task, 'restartAfter', task.restartAfter, seen, all),
      ...refers(task, 'after', task.after, seen, all),
      ...task.after.flatMap((id, index) => {
        if (seen.get(id)?.background !== false) return []
        const hint = 'remove it: tasks run in order, only background tasks must be waited for'
        return [{ message: `${id} is not a background task`, source: task.locate(['after', index]), hint }]
      }),
    ]
    if (task.id === undefined) return problems
    if (seen.has(task.id)) {
      problems.push({
        message: `task ${task.id} exists twice`,
        source: task.locate(['id']),
        hint: 'give each task a unique id',
      })
    }
    seen.set(task.id, { background: task.background })
    return problems
  })
}

function refers(
  task: PlaybookTask,
  key: 'restartAfter' | 'after',
  ids: readonly string[],
  seen: ReadonlyMap<string, unknown>,
  all: readonly string[],
): Problem[] {
  return ids.flatMap((id, index) => {
    if (seen.has(id)) return []
    const later = all.includes(id)
    const message = later ? `task ${id} runs later` : `task ${id} does not exist`
    const hint = later ? 'name an earlier task' : suggestion(id, all)
    return [{ message, source: task.locate([key, index]), hint }]
  })
}

function checkValues(placed: readonly Placed[]): Problem[] {
  const names = placed.flatMap(({ task }) => task.output?.name ?? [])
  return placed.flatMap(({ task }) =>
    task.needs.flatMap((name, index) => {
      if (names.includes(name)) return []
      const hint =
        names.length === 0
          ? `give a task output: { name: ${name} }, or also run the playbook that does`
          : suggestion(name, names)
      return [{ message: `no task outputs ${name}`, source: task.locate(['needs', index]), hint }]
    }),
  )
}

/** On demand and always cannot both be, and what is secret in one place is so in all. */
function checkOutputs(placed: readonly Placed[]): Problem[] {
  const first = new Map<string, Placed>()
  return placed.flatMap((one) => {
    const output = one.task.output
    if (output === undefined) return []
    const before = first.get(output.name)
    if (before === undefined) {
      first.set(output.name, one)
      return []
    }
    const source = one.task.locate(['output'])
    if (before.phase.onDemand !== one.phase.onDemand) {
      return [
        {
          message: `${output.name} is an output of a phase with onDemand and of one without`,
          source,
          hint: 'give one of them another name',
        },
      ]
    }
    if (before.task.output?.secret !== output.secret) {
      return [
        { message: `${output.name} is secret at one place only`, source, hint: 'write secret: true at both places' },
      ]
    }
    return []
  })
}

function checkCycle(playbooks: readonly Playbook[], inventory: Inventory): Problem[] {
  const cycle = findCycle(playbooks, inventory)
  if (cycle === undefined) return []
  const steps = cycle.map((step) => `${step.host} needs ${step.value} of ${step.from}`).join(', ')
  const message = `circular wait between hosts: ${steps}`
  return [
    { message, source: cycle[0]?.source, hint: 'produce the value in an earlier phase, or in one with onDemand: true' },
  ]
}
