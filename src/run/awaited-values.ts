import { LockedError } from '../errors.ts'
import type { RunEventBody } from '../events/run-event.ts'
import { abortable } from '../transport/wait.ts'
import type { RunContext } from './context.ts'
import { ValueUnavailable } from './values.ts'

/** The values of other hosts that one host waits for. */
export class AwaitedValues {
  readonly #host: string
  readonly #context: RunContext
  #waiting: RunEventBody | undefined

  constructor(host: string, context: RunContext) {
    this.#host = host
    this.#context = context
  }

  /** Tells again what the host waits for, where it does. */
  tell(): void {
    if (this.#waiting) this.#context.emit(this.#waiting)
  }

  /** Waits until the values are there; whoever makes them on demand is asked to. */
  async fetch(names: readonly string[]): Promise<void> {
    const { emit, values, onDemand, stopping } = this.#context
    const from = [...new Set(names.flatMap((name) => values.producers(name)))].filter((host) => host !== this.#host)
    const waitingFor = `${names.join(', ')} from ${from.length > 3 ? `${from.length} hosts` : from.join(', ')}`
    this.#waiting = { kind: 'host-state', host: this.#host, state: 'waiting', waitingFor, waitingOn: from }
    // What no host of the run makes is there at once, as nothing.
    if (from.length > 0) emit(this.#waiting)
    for (const name of names) {
      const asked = onDemand.has(name) ? values.producers(name).map((host) => this.#ask(host, name)) : []
      await abortable(Promise.all(asked), stopping)
      this.#context.received(this.#host, name, await abortable(values.get(name), stopping))
    }
    this.#waiting = undefined
  }

  /** Has a value made; whatever is wrong over there is no fault of this host. */
  async #ask(host: string, name: string): Promise<void> {
    try {
      await this.#context.hostRun(host)?.produce(name)
    } catch (cause) {
      if (cause instanceof ValueUnavailable || cause instanceof LockedError) throw cause
      throw new ValueUnavailable(name, `${host}: ${cause instanceof Error ? cause.message : String(cause)}`)
    }
  }
}
