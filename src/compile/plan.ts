import { UserError } from '../errors.ts'
import type { HostFacts } from '../host-facts.ts'
import { modules } from '../modules/index.ts'
import { limitOf, type ModuleContext } from '../modules/module.ts'
import type { ExpandedTask } from '../playbook/expand.ts'
import type { Prefetch, ProgramTask } from '../shell/program.ts'

/** A task of one host, numbered: `t1`, `t2`, … over the whole journey, so that ids mean the same in every program of it. */
export interface PlannedTask extends ExpandedTask {
  readonly task: string
}

/** The place of a task in the whole journey of its host, from 1. */
export function numberOf(task: PlannedTask): number {
  return Number(task.task.slice(1))
}

/** All that one host is to go through. */
export interface HostPlan {
  readonly host: string
  readonly facts: HostFacts
  /** In order; a program is a stretch of it. */
  readonly tasks: readonly PlannedTask[]
  /** Made only when another host needs their outputs. */
  readonly onDemand: readonly PlannedTask[]
}

/** Numbers the expanded tasks of a host. */
export function planHost(host: string, facts: HostFacts, expanded: readonly ExpandedTask[]): HostPlan {
  const numbered = expanded.map((task, index) => ({ ...task, task: `t${index + 1}` }))
  return {
    host,
    facts,
    tasks: numbered.filter((task) => !task.onDemand),
    onDemand: numbered.filter((task) => task.onDemand),
  }
}

/** What compiling needs to know beside the plan; see {@link ModuleContext} for the meaning of each. */
export interface CompileInput {
  readonly values: Readonly<Record<string, unknown>>
  readonly clockOffset: number
  readonly render: (task: PlannedTask, template: string, extra: Readonly<Record<string, unknown>>) => string
  readonly readFile: (task: PlannedTask, path: string) => Uint8Array
  readonly readFolder: (task: PlannedTask, path: string) => ReadonlyMap<string, Uint8Array>
  readonly generate: ModuleContext['generate']
  readonly isSecret: (text: string) => boolean
  readonly absent: ModuleContext['absent']
  /** Whether a control plane holds the cluster already that this host is to be a node of. */
  readonly clusterHeld?: boolean | undefined
  /** Seconds to wait for another package manager. */
  readonly lockSeconds?: number | undefined
}

export interface CompiledTask extends ProgramTask {
  readonly prefetch: Prefetch | undefined
}

/** One task as shell. `among`: all tasks of the host, for the names of restarts and of background tasks. */
export function compileTask(
  task: PlannedTask,
  among: readonly PlannedTask[],
  facts: HostFacts,
  input: CompileInput,
): CompiledTask {
  const missing = task.needs.filter((name) => input.values[name] === undefined)
  const module = modules[task.module]
  if (module === undefined) throw new TypeError(`no module ${task.module}`)
  const body = module.compile(task.args as never, {
    facts,
    id: task.task,
    mark: markOf(task),
    render: (template, extra = {}) => renderWith(() => input.render(task, template, extra), missing.length > 0),
    readFile: (path) => input.readFile(task, path),
    readFolder: (path) => input.readFolder(task, path),
    value: (name) => (typeof input.values[name] === 'string' ? input.values[name] : undefined),
    gathered: (name) => gatheredOf(input.values[name]),
    early: missing.length > 0,
    generate: input.generate,
    clockOffset: input.clockOffset,
    isSecret: input.isSecret,
    absent: input.absent,
  })
  return {
    id: task.task,
    comment: `${task.source.file}:${task.source.line} ${task.title}`,
    timeout: task.timeoutSeconds ?? limitOf(module, task.args),
    limitedBy: task.limitedBy,
    check: body.check,
    apply: body.apply,
    diff: body.diff,
    content: body.content,
    parts: body.parts,
    prefetch: body.prefetch,
    marks: among.filter((other) => task.id !== undefined && other.restartAfter.includes(task.id)).map(markOf),
    output: task.output && body.output ? { name: task.output.name, read: body.output } : undefined,
    missing,
    background: task.background,
    joins: among.filter((other) => other.id !== undefined && task.after.includes(other.id)).map((other) => other.task),
  }
}

function gatheredOf(value: unknown): Readonly<Record<string, string>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, string>) : undefined
}

/** A task whose values are not there yet is only checked: what its template cannot say then is left out. */
function renderWith(render: () => string, incomplete: boolean): string {
  try {
    return render()
  } catch (error) {
    if (incomplete && error instanceof UserError) return '\n'
    throw error
  }
}

/** Marks outlive a program, so they are named by what the playbook calls the task, not by its number. */
function markOf(task: PlannedTask): string {
  return `${task.phaseId}-${task.id ?? task.title}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}
