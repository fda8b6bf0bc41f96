import { MistakenHosts } from '../errors.ts'
import type { Host } from '../inventory/inventory.ts'
import type { HostIdentity } from '../transport/transport.ts'
import { type Greeting, type Mistake, sameMachine } from './identity.ts'

/** Seconds without a further greeting after which the hosts that have greeted wait no longer for the others. */
const PATIENCE = 5

/**
 * What the hosts of a run say they are, looked at together before the first of them is changed. A host that greets later is
 * judged by itself, before it is changed.
 */
export class Greetings {
  readonly #judge: () => readonly Mistake[]
  readonly #greetings = new Map<string, Greeting>()
  readonly #gate = Promise.withResolvers<void>()
  #awaited: number
  #over = false
  #timer: NodeJS.Timeout | undefined

  /** `awaited`: how many hosts are to greet; `judge`: what is wrong with those that have. */
  constructor(awaited: number, judge: () => readonly Mistake[]) {
    this.#awaited = awaited
    this.#judge = judge
  }

  /** Resolves once all that are awaited have greeted or failed to, or the patience is over. */
  get over(): Promise<void> {
    return this.#gate.promise
  }

  get all(): readonly Greeting[] {
    return [...this.#greetings.values()]
  }

  /** A host says what it is, again after each lost connection. Throws MistakenHosts where it cannot be what its line says. */
  greet(host: Host, identity: HostIdentity): void {
    if (this.#greetings.has(host.name)) return
    const greeting = { host, identity }
    // Two sessions of one run would take the one machine from each other.
    const twice = sameMachine(greeting, this.all)
    this.#greetings.set(host.name, greeting)
    if (twice !== undefined) throw new MistakenHosts(twice.problem)
    if (!this.#over) return
    const own = this.#judge().find((each) => each.host === host.name && !each.warning)
    if (own !== undefined) throw new MistakenHosts(own.problem)
  }

  /** An awaited host has been opened, or could not be. */
  settled(): void {
    this.#awaited -= 1
    clearTimeout(this.#timer)
    if (this.#awaited <= 0) this.#end()
    else this.#timer = setTimeout(() => this.#end(), PATIENCE * 1000).unref()
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#over = true
    this.#gate.resolve()
  }
}
