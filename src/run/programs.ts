import pLimit from 'p-limit'
import { compileProgram, librariesOf } from '../compile/compile.ts'
import type { HostPlan, PlannedTask } from '../compile/plan.ts'
import { ProtocolError } from '../errors.ts'
import type { ProgramEvent } from '../events/event.ts'
import { mayAsk } from '../events/host-words.ts'
import type { Host } from '../inventory/inventory.ts'
import type { Session } from '../transport/transport.ts'
import type { RunContext } from './context.ts'
import { createRelay, createSieve } from './events.ts'
import { fetchOutput } from './transfers.ts'

/** How one program ended, and where: `at` is the task that failed, needs values or asked for the reboot. */
export interface ProgramEnd {
  readonly result: Extract<ProgramEvent, { kind: 'end' }>['result']
  readonly at?: string | undefined
  readonly needs: readonly string[]
}

/** The programs that one host runs, one at a time, over one connection and for one plan; and what came of them. */
export class HostPrograms {
  readonly #host: Host
  readonly #context: RunContext
  /** One program at a time. */
  readonly #turn = pLimit(1)
  #session: Promise<Session> | undefined
  #plan: HostPlan | undefined
  #count = 0
  #changes = 0
  /** Why the host could not be opened. */
  #refusal: unknown
  /** Tasks that were found right, and the values that were not there yet. */
  readonly foundEarly = new Map<string, readonly string[]>()

  constructor(host: Host, context: RunContext) {
    this.#host = host
    this.#context = context
  }

  /** Changes that programs made or, in a check, would make. */
  get changes(): number {
    return this.#changes
  }

  /** What opening threw. */
  get refusal(): unknown {
    return this.#refusal
  }

  /** Connects at the first call. Throws what connecting threw. */
  open(): Promise<Session> {
    this.#session ??= this.#context.open(this.#host).catch((error: unknown) => {
      this.#refusal = error
      throw error
    })
    return this.#session
  }

  /** The session, where one was asked for and came about. */
  async opened(): Promise<Session | undefined> {
    return await this.#session?.catch(() => undefined)
  }

  /** Whether a session was asked for. */
  get asked(): boolean {
    return this.#session !== undefined
  }

  /** What the host is to do. Connects where that has not been done. */
  async planned(): Promise<HostPlan> {
    const session = await this.open()
    this.#plan ??= this.#context.plan(this.#host, session.identity)
    return this.#plan
  }

  /** The plan, where one was made. */
  get plan(): HostPlan | undefined {
    return this.#plan
  }

  /**
   * Sends a program of these tasks and follows it to its end. `resumed`: it goes on where an earlier one ended. Throws
   * ProtocolError of what the host must not say, and what the session throws.
   */
  execute(session: Session, plan: HostPlan, tasks: readonly PlannedTask[], resumed: boolean): Promise<ProgramEnd> {
    return this.#turn(async () => {
      const { run, mode } = this.#context
      this.#count += 1
      const input = this.#context.compileInput(this.#host, plan.facts, session.identity.clockOffset * 1000)
      const program = compileProgram(
        plan,
        tasks,
        {
          mode,
          prelude: this.#context.prelude(plan.facts.family, librariesOf(tasks)),
          id: `${run}-${this.#count}`,
          resumed,
        },
        input,
      )
      const sieve = createSieve(this.#host, tasks)
      const relay = createRelay(this.#host.name, tasks, this.#context)
      const missingOf = (task: PlannedTask | undefined) =>
        task?.needs.filter((name) => input.values[name] === undefined) ?? []
      let needs: readonly string[] = []
      let at: string | undefined
      const files: { name: string; path: string }[] = []
      for await (const told of session.run(program)) {
        const event = sieve(told)
        if (event === undefined) continue
        if (event.kind === 'end') {
          await this.#takeFiles(files, session)
          return { result: event.result, at, needs }
        }
        if (event.kind === 'output' && isFile(event.name, tasks)) files.push({ name: event.name, path: event.value })
        if (event.kind === 'need') {
          needs = neededBy(this.#host, event, missingOf(tasks.find((each) => each.task === event.task)))
          at = event.task
        }
        if (event.kind === 'changed' || event.kind === 'would-change' || event.kind === 'unknown') this.#changes += 1
        if (event.kind === 'ok' || event.kind === 'changed') {
          const task = tasks.find((each) => each.task === event.task)
          const missing = missingOf(task)
          if (event.kind === 'ok' && missing.length > 0) this.foundEarly.set(event.task, missing)
          if (event.kind === 'changed' && task?.output) this.#context.values.changed.add(task.output.name)
        }
        relay(event)
      }
      return { result: 'died', at, needs }
    })
  }

  async #takeFiles(files: readonly { name: string; path: string }[], session: Session): Promise<void> {
    const { takeFile, emit, stopping } = this.#context
    if (takeFile === undefined) return
    for (const file of files) await fetchOutput({ host: this.#host.name, ...file }, session, takeFile, emit, stopping)
  }
}

/** Whether an output is a file, named by its value. */
function isFile(output: string, tasks: readonly PlannedTask[]): boolean {
  return tasks.some((task) => task.output?.name === output && task.output.file)
}

/**
 * The values that a task of a host asks for: those that it lacks, as its playbook has it, and no others. A host decides when
 * it needs them, and nothing else. Throws ProtocolError.
 */
function neededBy(
  host: Host,
  { task, names }: Extract<ProgramEvent, { kind: 'need' }>,
  missing: readonly string[],
): readonly string[] {
  const strange = names.find((name) => !missing.includes(name) || !mayAsk(name, host.role))
  if (strange !== undefined) throw new ProtocolError(`it requested ${strange}, which its task ${task} does not need`)
  return [...new Set(names)]
}
