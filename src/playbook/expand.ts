import { type Problem, UserError } from '../errors.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { Module } from '../modules/module.ts'
import type { Path, YamlDocument } from '../yaml/document.ts'
import { durationForm, seconds } from '../yaml/duration.ts'
import { validate } from '../yaml/explain.ts'
import { sortProblems } from '../yaml/problems.ts'
import { valueText } from '../yaml/value.ts'
import { fillIn, type Scope } from './lookup.ts'
import type { Modules } from './parse.ts'
import type { ExpandedTask, Phase, Playbook, PlaybookTask } from './playbook.ts'
import { aDuration } from './schema.ts'
import { runsOn } from './select.ts'
import { holds } from './when.ts'

export type { ExpandedTask } from './playbook.ts'

export interface ExpandInput {
  readonly playbooks: readonly Playbook[]
  readonly inventory: Inventory
  readonly host: Host
  readonly facts: HostFacts
  readonly modules: Modules
  /** Further names that `${…}` and `when` may begin with. */
  readonly extra?: Scope | undefined
  /** Leave the arguments as they are once everything in them has been looked up. */
  readonly lookupsOnly?: boolean | undefined
}

/** What becomes of a task's arguments once everything in them has been looked up. */
type Take = (args: unknown, task: PlaybookTask) => unknown

/** The tasks of one host, in order. Pure. Throws UserError with everything that is wrong in all of them. */
export function expand(input: ExpandInput): ExpandedTask[] {
  const { inventory, host, facts } = input
  const scope: Scope = { ...input.extra, cluster: inventory, hosts: inventory.hosts, host, facts }
  const take: Take = input.lookupsOnly
    ? (args) => args
    : (args, task) => checkArguments(args, task, input.modules[task.module] as Module)
  const problems: Problem[] = []
  const tasks = input.playbooks.flatMap((playbook) => {
    const vars = attempt(problems, () => fillIn(playbook.vars, scope, (path) => playbook.locate(['vars', ...path])))
    if (vars === undefined) return []
    const seen = { ...scope, vars: vars as Scope }
    return playbook.phases
      .filter((phase) => runsOn(phase, host, inventory))
      .flatMap((phase) =>
        phase.tasks.flatMap((task) => attempt(problems, () => expandTask(task, phase, playbook, seen, take)) ?? []),
      )
  })
  if (problems.length > 0) throw new UserError(sortProblems(problems))
  return tasks
}

function attempt<Value>(problems: Problem[], work: () => Value): Value | undefined {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    problems.push(...error.problems)
    return undefined
  }
}

function expandTask(task: PlaybookTask, phase: Phase, playbook: Playbook, scope: Scope, take: Take): ExpandedTask[] {
  if (task.forEach === undefined) return expandOne(task, phase, playbook, scope, take)
  // A list that only some hosts have: `when` without item decides first.
  if (!mentionsItem(task.when) && !holds(task.when, scope, task.locate)) return []
  const list = fillIn(task.forEach, scope, (path) => task.locate(['forEach', ...path]))
  if (!Array.isArray(list)) {
    throw new UserError({
      message: 'forEach is not a list on this host',
      source: task.locate(['forEach']),
      hint: 'name a list',
    })
  }
  return list.flatMap((item) => expandOne(task, phase, playbook, { ...scope, item }, take))
}

function mentionsItem(when: unknown): boolean {
  if (typeof when !== 'object' || when === null) return false
  return Object.entries(when).some(([key, value]) => /^item(\.|$)/.test(key) || mentionsItem(value))
}

function expandOne(task: PlaybookTask, phase: Phase, playbook: Playbook, scope: Scope, take: Take): ExpandedTask[] {
  if (!holds(task.when, scope, task.locate)) return []
  const filled = fillIn(task.args, scope, (path) => task.locate([task.module, ...path]))
  const args = take(filled, task)
  const name = task.name === undefined ? undefined : String(fillIn(task.name, scope, () => task.locate(['name'])))
  return [
    {
      module: task.module,
      args,
      title: title(name, task, filled, scope),
      phase: phase.name,
      phaseId: phase.id,
      source: task.source,
      directory: playbook.directory,
      id: task.id,
      restartAfter: task.restartAfter,
      needs: task.needs,
      output: task.output,
      background: task.background,
      after: task.after,
      timeoutSeconds: timeoutOf(task, scope),
      limitedBy: /\$\{cluster\.(timeouts\.\w+)\}/.exec(JSON.stringify([task.timeout, task.args]))?.[1],
      onDemand: phase.onDemand,
      locals: {
        vars: (scope.vars ?? {}) as Scope,
        ...(Object.hasOwn(scope, 'item') ? { item: scope.item } : {}),
      },
    },
  ]
}

/** In seconds; a setting of the inventory has been made a number. */
function timeoutOf(task: PlaybookTask, scope: Scope): number | undefined {
  if (task.timeout === undefined) return undefined
  const found = fillIn(task.timeout, scope, () => task.locate(['timeout']))
  if (typeof found === 'number') return found
  if (typeof found === 'string' && durationForm.test(found)) return seconds(found)
  const message = `timeout is ${valueText(found)}, not a duration`
  throw new UserError({ message, source: task.locate(['timeout']), hint: aDuration })
}

function checkArguments(args: unknown, task: PlaybookTask, module: Module): unknown {
  const document: YamlDocument = {
    file: task.source.file,
    data: undefined,
    locate: (path: Path, part) => task.locate(path, part),
    written: () => undefined,
  }
  const { value, problems } = validate(module.schema, document, [task.module], {
    data: args,
    hint: `${module.name}: ${module.summary}`,
  })
  if (problems.length > 0) throw new UserError(problems)
  return value
}

/** What reports call the task: of several made by forEach each by its own name. */
function title(name: string | undefined, task: PlaybookTask, args: unknown, scope: Scope): string {
  const item = scope.item
  const plain = typeof item === 'string' || typeof item === 'number' ? String(item) : undefined
  if (name !== undefined)
    return task.forEach !== undefined && name === task.name && plain !== undefined ? `${name}: ${plain}` : name
  const first =
    typeof args === 'object' && args !== null
      ? Object.values(args).find((value) => typeof value === 'string')
      : undefined
  return first === undefined ? task.module : `${task.module} ${first}`
}
