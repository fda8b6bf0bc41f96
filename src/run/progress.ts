import { ValueUnavailable } from './values.ts'

/** How far a host has got through its tasks, for those who wait until it has passed one. */
export class Progress {
  readonly #host: string
  /** Number of the first task that has not been passed. */
  #reached: number
  #ended = false
  #wake: (() => void)[] = []

  /** `reached`: Infinity for a host that has no tasks of its own in this run. */
  constructor(host: string, reached: number) {
    this.#host = host
    this.#reached = reached
  }

  get ended(): boolean {
    return this.#ended
  }

  reach(task: number): void {
    this.#reached = Math.max(this.#reached, task)
    for (const wake of this.#wake.splice(0)) wake()
  }

  /** The journey is over; what has not been passed never will be. */
  end(): void {
    this.#ended = true
    this.reach(0)
  }

  /** Returns once the task has been passed. Throws ValueUnavailable when the journey ended before it. */
  async passed(task: number): Promise<void> {
    while (this.#reached <= task) {
      if (this.#ended) throw new ValueUnavailable('its value', `${this.#host} failed before producing it`)
      await new Promise<void>((resolve) => this.#wake.push(resolve))
    }
  }
}
