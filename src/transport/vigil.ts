import { UnreachableError } from '../errors.ts'
import type { ProgramEvent } from '../events/event.ts'

/** Seconds without a sign of life after which the operator is told; one is due every 5 s while a task is at work. */
export const SILENT = 60
/** Seconds that a task may be late and say nothing: the program's own watchdog ends it at its deadline, and says so. */
const GRACE = 20
/** Seconds of silence where no task has said that it begins. */
const QUIET = 600
/** Seconds over a task's deadline within which something must have come of it, whatever signs of life there are. */
const OVER = 300
/** Seconds until a program must have begun: the host waits that long for one of an earlier run, and a bit. */
const BEGIN = 1200

/**
 * Judges from this side whether a program still gets anywhere. A program has a watchdog of its own, which can be killed
 * or stuck with it, and is a host's word. All times are seconds of one monotonic clock.
 */
export class Vigil {
  readonly #deadlines: ReadonlyMap<string, number>
  readonly #started = new Map<string, number>()
  readonly #seen = new Set<string>()
  #heard: number
  /** When a task began or ended last. */
  #moved: number
  #begun = false

  /** @param deadlines of the tasks' changes, in seconds, by the numbers of the tasks */
  constructor(deadlines: ReadonlyMap<string, number>, now: number) {
    this.#deadlines = deadlines
    this.#heard = now
    this.#moved = now
  }

  /** Something came of it, or was asked for anew over another connection. */
  heard(now: number): void {
    this.#heard = now
  }

  event(event: ProgramEvent, now: number): void {
    if (!['begin', 'ok', 'start', 'changed', 'would-change', 'unknown', 'failed'].includes(event.kind)) return
    const task = 'task' in event ? event.task : ''
    // A host could say the same for ever.
    if (this.#seen.has(`${event.kind} ${task}`)) return
    this.#seen.add(`${event.kind} ${task}`)
    this.#moved = now
    this.#begun = true
    if (event.kind === 'start') this.#started.set(task, now)
    else this.#started.delete(task)
  }

  /** When the operator is to be told of the silence. */
  get tellAt(): number {
    return this.#heard + SILENT
  }

  /** When it is given up, unless something comes before. */
  get endAt(): number {
    const late = [...this.#started].map(([task, at]) => at + this.#limit(task))
    const silent = late.length === 0 ? this.#heard + QUIET : Math.max(this.#heard, ...late) + GRACE
    const longest = Math.max(QUIET, ...[...this.#started.keys()].map((task) => this.#limit(task)))
    return Math.min(silent, this.#moved + (this.#begun ? longest + OVER : BEGIN))
  }

  /** Why it is given up now. */
  error(now: number): UnreachableError {
    const [task] = [...this.#started.keys()].reverse()
    const silent = `its program was silent for ${Math.round(now - this.#heard)} s`
    const what =
      task === undefined
        ? `${silent}, nor did a task begin or end for ${Math.round(now - this.#moved)} s`
        : `${silent}, and its task ${task} has a deadline of ${this.#limit(task)} s and began ${Math.round(now - (this.#started.get(task) ?? now))} s ago`
    return new UnreachableError(
      what,
      'check the host (dmesg: out of memory, disk errors), then run the same command again; it waits for the program, which may still be running',
    )
  }

  #limit(task: string): number {
    return this.#deadlines.get(task) ?? QUIET
  }
}
