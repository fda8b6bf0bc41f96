import type { Problem } from '../errors.ts'
import type { Module } from '../modules/module.ts'
import { type Path, parseYaml, type YamlDocument } from '../yaml/document.ts'
import { validate } from '../yaml/explain.ts'
import { sortProblems } from '../yaml/problems.ts'
import { salvage } from '../yaml/salvage.ts'
import { suggestion } from '../yaml/suggest.ts'
import { valueAt } from '../yaml/value.ts'
import type { Phase, Playbook, PlaybookTask } from './playbook.ts'
import { type PlaybookFile, playbookSchema, type TaskFile, taskSettings } from './schema.ts'

export type Modules = Readonly<Record<string, Module>>

/** What reading a playbook gave; with problems there may still be a playbook, for the checks that come after. */
export interface ParsedPlaybook {
  readonly playbook?: Playbook | undefined
  readonly problems: readonly Problem[]
}

/** Reads and checks one playbook. `directory` is absolute, `file` is what positions name. */
export function parsePlaybook(text: string, file: string, directory: string, modules: Modules): ParsedPlaybook {
  const { document, problems } = parseYaml(text, file)
  if (document === undefined) return { problems: sortProblems(problems) }
  const checked = validate(playbookSchema, document)
  const parsed = checked.value ?? salvage(playbookSchema, document, { description: 'unnamed' })
  const tasks = taskPaths(document).flatMap((path) => taskProblems(document, path, modules))
  return {
    playbook:
      parsed === undefined || checked.value === undefined
        ? undefined
        : build(checked.value, document, directory, modules),
    problems: sortProblems([...problems, ...checked.problems, ...tasks]),
  }
}

/** Paths of everything that is meant to be a task. */
function taskPaths(document: YamlDocument): Path[] {
  const list = (path: Path) => {
    const value = valueAt(document.data, path)
    return Array.isArray(value) ? value.map((_, index): Path => [...path, index]) : []
  }
  return list(['phases'])
    .flatMap((phase) => list([...phase, 'tasks']))
    .filter((path) => {
      const task = valueAt(document.data, path)
      return typeof task === 'object' && task !== null && !Array.isArray(task)
    })
}

function taskProblems(document: YamlDocument, path: Path, modules: Modules): Problem[] {
  const task = valueAt(document.data, path) as Record<string, unknown>
  const words = Object.keys(task).filter((key) => !Object.hasOwn(taskSettings, key))
  const known = words.filter((word) => Object.hasOwn(modules, word))
  const unknown = words.filter((word) => !Object.hasOwn(modules, word))
  const current = Object.keys(modules).filter((name) => modules[name]?.name === name)
  const names = [...current, ...(known.length > 0 || unknown.length > 1 ? Object.keys(taskSettings) : [])]
  const problems = unknown.map((word) => ({
    message: `${known.length > 0 ? 'unknown setting' : 'unknown module'} ${word}`,
    source: document.locate([...path, word], 'key'),
    hint: suggestion(word, names),
  }))
  if (words.length === 0) {
    const hint = `add one of ${current.join(', ')}`
    return [...problems, { message: 'the task has no module', source: document.locate(path), hint }]
  }
  const second = known[1]
  if (second !== undefined) {
    const message = `the task has several modules: ${known.join(' and ')}`
    problems.push({ message, source: document.locate([...path, second], 'key'), hint: 'write one task per module' })
  }
  return [...problems, ...known.flatMap((word) => argumentProblems(document, [...path, word], modules[word] as Module))]
}

/** What is wrong with arguments whatever their `${…}` will stand for. */
function argumentProblems(document: YamlDocument, path: Path, module: Module): Problem[] {
  if (hasLookup(valueAt(document.data, path))) return []
  const { problems } = validate(module.schema, document, path, {
    unnamed: path.length - 1,
    hint: `${module.name}: ${module.summary}`,
  })
  return problems.filter((problem) => !hasLookup(valueAt(document.data, problem.path)))
}

function hasLookup(value: unknown): boolean {
  return typeof value === 'string' && /(^|[^$])\$\{/.test(value)
}

function build(file: PlaybookFile, document: YamlDocument, directory: string, modules: Modules): Playbook {
  return {
    file: document.file,
    directory,
    description: file.description,
    vars: file.vars,
    locate: (path) => document.locate(path),
    phases: file.phases.map(
      (phase, index): Phase => ({
        id: phase.id ?? phase.name,
        name: phase.name,
        hosts: phase.hosts,
        onDemand: phase.onDemand,
        source: document.locate(['phases', index]),
        tasks: phase.tasks.flatMap((task, number) =>
          buildTask(task, document, ['phases', index, 'tasks', number], modules),
        ),
      }),
    ),
  }
}

function buildTask(task: TaskFile, document: YamlDocument, path: Path, modules: Modules): PlaybookTask[] {
  const written = Object.keys(task).find((key) => Object.hasOwn(modules, key))
  if (written === undefined) return []
  // A former name stands for today's, and is where its arguments are found in the file.
  const module = (modules[written] as Module).name
  return [
    {
      module,
      args: task[written],
      id: task.id,
      name: task.name,
      when: task.when,
      forEach: task.forEach,
      output: task.output,
      timeout: task.timeout,
      restartAfter: task.restartAfter,
      needs: task.needs,
      background: task.background,
      after: task.after,
      source: document.locate(path),
      locate: ([first = '', ...inner], part) =>
        document.locate([...path, ...(first === '' ? [] : [first === module ? written : first]), ...inner], part),
    },
  ]
}
