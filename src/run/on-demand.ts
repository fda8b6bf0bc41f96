import { numberOf, type PlannedTask } from '../compile/plan.ts'
import type { Host } from '../inventory/inventory.ts'
import type { AwaitedValues } from './awaited-values.ts'
import type { RunContext } from './context.ts'
import type { HostPrograms } from './programs.ts'
import type { Progress } from './progress.ts'
import { ValueUnavailable } from './values.ts'

/** What one host makes only when another asks: the phases on demand, each at most once. */
export class OnDemand {
  readonly #host: Host
  readonly #context: RunContext
  readonly #programs: HostPrograms
  readonly #progress: Progress
  readonly #awaited: AwaitedValues
  readonly #produced = new Map<string, Promise<void>>()

  constructor(host: Host, context: RunContext, programs: HostPrograms, progress: Progress, awaited: AwaitedValues) {
    this.#host = host
    this.#context = context
    this.#programs = programs
    this.#progress = progress
    this.#awaited = awaited
  }

  /** Asks for the values of an on-demand phase to be made here. Returns once they have been given, or throws. */
  async produce(name: string): Promise<void> {
    const tasks = (await this.#programs.planned()).onDemand
    const wanted = tasks.find((task) => task.output?.name === name)
    if (wanted === undefined) return
    const phase = tasks.filter((task) => task.phaseId === wanted.phaseId)
    const made = this.#produced.get(wanted.phaseId) ?? this.#make(phase)
    this.#produced.set(wanted.phaseId, made)
    await made
  }

  async #make(tasks: readonly PlannedTask[]): Promise<void> {
    const first = Math.min(...tasks.map(numberOf))
    await this.#progress.passed(first)
    const session = await this.#programs.open()
    const { emit, values } = this.#context
    if (!this.#progress.ended) emit({ kind: 'host-state', host: this.#host.name, state: 'running' })
    const end = await this.#programs.execute(session, await this.#programs.planned(), tasks, false)
    // The host goes back to what it was waiting for itself.
    if (!this.#progress.ended) this.#awaited.tell()
    // What it has not given by now it will not give, whatever it says.
    for (const { output } of tasks) if (output) values.without(output.name, this.#host.name)
    if (end.result !== 'done')
      throw new ValueUnavailable(
        tasks.flatMap((task) => task.output?.name ?? []).join(', '),
        `${this.#host.name} failed before producing it`,
      )
  }
}
