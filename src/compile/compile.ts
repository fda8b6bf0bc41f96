import { randomBytes } from 'node:crypto'
import { modules } from '../modules/index.ts'
import type { Library } from '../shell/load.ts'
import { assemble, type Prefetch, prefetchKinds } from '../shell/program.ts'
import { type CompiledTask, type CompileInput, compileTask, type HostPlan, type PlannedTask } from './plan.ts'

/** A program ready to be sent, and the tasks it is made of. */
export interface Program {
  readonly id: string
  readonly nonce: string
  readonly text: string
  readonly tasks: readonly PlannedTask[]
  /** Seconds that the change of each may take, by its number. */
  readonly deadlines: ReadonlyMap<string, number>
}

export interface ProgramOptions {
  readonly mode: 'apply' | 'check'
  /** Text of src/shell/runtime/prelude.sh. */
  readonly prelude: string
  /** `[a-z0-9-]+`, unique on the host. */
  readonly id: string
  /** It goes on where another stopped for values: much is about to change, and nothing is asked ahead. */
  readonly resumed?: boolean
}

/** Compiles a stretch of a host's plan to one program. Pure but for the nonce, which the host cannot know beforehand. */
export function compileProgram(
  plan: HostPlan,
  tasks: readonly PlannedTask[],
  options: ProgramOptions,
  input: CompileInput,
): Program {
  const compiled = tasks.map((task) => compileTask(task, [...plan.tasks, ...plan.onDemand], plan.facts, input))
  const nonce = randomBytes(12).toString('hex')
  const text = assemble({
    mode: options.mode,
    nonce,
    host: plan.host,
    prelude: options.prelude,
    lockSeconds: input.lockSeconds,
    clusterHeld: input.clusterHeld,
    tasks: compiled,
    prefetch: options.resumed
      ? undefined
      : Object.fromEntries(prefetchKinds.map((kind) => [kind, collect(compiled, kind)])),
  })
  return { id: options.id, nonce, text, tasks, deadlines: new Map(compiled.map((task) => [task.id, task.timeout])) }
}

/** The parts of the shell runtime that these tasks need beside what every program carries. */
export function librariesOf(tasks: readonly PlannedTask[]): ReadonlySet<Library> {
  return new Set(tasks.flatMap((task) => modules[task.module]?.library ?? []))
}

function collect(tasks: readonly CompiledTask[], kind: keyof Prefetch): string[] {
  return [...new Set(tasks.flatMap((task) => task.prefetch?.[kind] ?? []))]
}
