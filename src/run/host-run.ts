import { numberOf, type PlannedTask } from '../compile/plan.ts'
import { LockedError, MistakenHosts, ProtocolError, UnreachableError } from '../errors.ts'
import type { HostOutcome, RunEventBody } from '../events/run-event.ts'
import type { Host } from '../inventory/inventory.ts'
import { abortable } from '../transport/wait.ts'
import { AwaitedValues } from './awaited-values.ts'
import type { RunContext } from './context.ts'
import { OnDemand } from './on-demand.ts'
import { HostPrograms } from './programs.ts'
import { Progress } from './progress.ts'
import { storeUpload } from './transfers.ts'
import { ValueUnavailable } from './values.ts'

type Finished = Extract<RunEventBody, { kind: 'host-finished' }>

/** Seconds that a host may take to come back from a reboot. */
const REBOOT_DEADLINE = 900
/** A host that asks for more reboots than this in one run is not getting anywhere. */
const MAX_REBOOTS = 3

/**
 * One host's journey: connect, send the program, follow it, fetch the values it asks for, send the rest.
 * Waits for nobody but the hosts whose values it consumes. Its failure is its outcome, never an exception.
 */
export class HostRun {
  readonly host: Host
  readonly #context: RunContext
  readonly #programs: HostPrograms
  readonly #progress: Progress
  readonly #awaited: AwaitedValues
  readonly #onDemand: OnDemand
  #started = 0
  #outcome: HostOutcome | undefined

  /** `selected`: whether its own phases run; a host outside the selection is only asked for values. */
  constructor(host: Host, context: RunContext, selected: boolean) {
    this.host = host
    this.#context = context
    this.#programs = new HostPrograms(host, context)
    this.#progress = new Progress(host.name, selected ? 0 : Number.POSITIVE_INFINITY)
    this.#awaited = new AwaitedValues(host.name, context)
    this.#onDemand = new OnDemand(host, context, this.#programs, this.#progress, this.#awaited)
  }

  /**
   * Runs to the end and reports the outcome. Throws only LockedError, of a host that stands for the cluster: that ends the
   * whole run. What a worker says of a lock fails that worker alone.
   */
  journey(): Promise<void> {
    this.#started = performance.now()
    return this.#reported(async () => {
      try {
        const outcome = await this.#travel()
        if (outcome !== 'failed') this.#progress.reach(Number.POSITIVE_INFINITY)
        return outcome
      } finally {
        this.#progress.end()
        this.#context.values.end(this.host.name, this.#context.onDemand)
      }
    })
  }

  /**
   * Once all journeys are over: looks again at what was found right before another host had changed what it is about. A
   * node that joins anew is for a while what the cluster remembers of it.
   */
  async review(): Promise<void> {
    const { values, onDemand, stopping, limit, emit } = this.#context
    const missed = (task: PlannedTask) => this.#programs.foundEarly.get(task.task) ?? []
    const isNews = (name: string) => !onDemand.has(name) && values.changed.has(name)
    const tasks = this.#programs.plan?.tasks.filter((task) => missed(task).some(isNews)) ?? []
    if (tasks.length === 0 || stopping.aborted || !(this.#outcome === 'converged' || this.#outcome === 'changed'))
      return
    await this.#reported(async () => {
      await this.#awaited.fetch([...new Set(tasks.flatMap(missed))])
      emit({ kind: 'host-state', host: this.host.name, state: 'running' })
      const [session, plan] = [await this.#programs.open(), await this.#programs.planned()]
      const end = await limit(() => this.#programs.execute(session, plan, tasks, true))
      return end.result === 'done' ? this.#done() : 'failed'
    })
  }

  /** Reports how a job ended: its failure is the host's outcome. Throws LockedError, see {@link journey}. */
  async #reported(job: () => Promise<HostOutcome>): Promise<void> {
    let error: string | undefined
    let hint: string | undefined
    try {
      this.#outcome = await job()
    } catch (cause) {
      if (
        cause instanceof LockedError &&
        (cause !== this.#programs.refusal || this.#context.standsForCluster(this.host))
      )
        throw cause
      const { aborted, reason } = this.#context.stopping
      const stopped = aborted && cause === reason
      this.#outcome = stopped ? 'stopped' : outcomeOf(cause)
      const mistake = cause instanceof MistakenHosts ? cause.problems[0] : undefined
      error = stopped ? undefined : (mistake?.message ?? (cause instanceof Error ? cause.message : String(cause)))
      hint = cause instanceof UnreachableError || cause instanceof LockedError ? cause.hint : mistake?.hint
    }
    await this.#finished({
      outcome: this.#outcome,
      error,
      hint,
      seconds: (performance.now() - this.#started) / 1000,
    })
  }

  /** What a program that went through makes of the host. */
  #done(): HostOutcome {
    return this.#programs.changes === 0 ? 'converged' : this.#context.mode === 'check' ? 'drifted' : 'changed'
  }

  /** The last word on a host outside the selection, which others may have asked for values. */
  async served(): Promise<void> {
    if (this.#programs.asked) await this.#finished({ outcome: this.#programs.changes > 0 ? 'changed' : 'converged' })
  }

  async #finished(end: Pick<Finished, 'outcome' | 'error' | 'hint' | 'seconds'>): Promise<void> {
    const session = await this.#programs.opened()
    const outcome = session === undefined && end.outcome === 'converged' ? 'unreachable' : end.outcome
    this.#context.emit({ kind: 'host-finished', host: this.host.name, ...end, outcome, traffic: session?.traffic })
  }

  /** Has a value made that this host makes only when it is asked. Returns once it has been given, or throws. */
  produce(name: string): Promise<void> {
    return this.#onDemand.produce(name)
  }

  /** Returns once the host is connected and ours. Throws what connecting threw. */
  async locked(): Promise<void> {
    await this.#context.limit(() => this.#programs.open())
  }

  async stop(): Promise<void> {
    await (await this.#programs.opened())?.stop()
  }

  async close(): Promise<void> {
    await (await this.#programs.opened())?.close()
  }

  async #travel(): Promise<HostOutcome> {
    const { limit, emit, mode, stopping } = this.#context
    const session = await limit(() => this.#programs.open())
    // Made while other hosts are still on their way; what is wrong with it is told when it is its turn.
    const planned = this.#programs.planned()
    planned.catch(() => {})
    await abortable(this.#context.lockTaken, stopping)
    await abortable(this.#context.introduced, stopping)
    if (mode === 'apply')
      for (const upload of this.#context.uploads(this.host.name))
        await limit(() => storeUpload(upload, session, emit, stopping))
    const plan = await planned
    let rest = plan.tasks
    let reboots = 0
    let resumed = false
    while (!stopping.aborted) {
      emit({ kind: 'host-state', host: this.host.name, state: 'running' })
      const end = await limit(() => this.#programs.execute(session, plan, rest, resumed))
      resumed = end.result === 'needs'
      if (end.result === 'done') return this.#done()
      if (end.result === 'stopped') return 'stopped'
      if (end.result === 'needs') {
        const from = rest.findIndex((task) => task.task === end.at)
        // Each program that ends so makes fewer values missing: there are no more of them than needs.
        if (from < 0 || end.needs.length === 0) throw new ProtocolError('it ended for values that it had not requested')
        rest = rest.slice(from)
        this.#progress.reach(rest[0] ? numberOf(rest[0]) : 0)
        await this.#awaited.fetch(end.needs)
      } else if (end.result === 'reboot' && reboots < MAX_REBOOTS) {
        reboots += 1
        emit({ kind: 'host-state', host: this.host.name, state: 'rebooting' })
        await session.reboot(REBOOT_DEADLINE)
        rest = plan.tasks
      } else {
        if (end.result === 'died')
          throw new Error('the program exited unexpectedly (killed, out of memory, or host down)')
        if (end.result === 'reboot') throw new Error(`requested more than ${MAX_REBOOTS} reboots in one run`)
        return 'failed'
      }
    }
    return 'stopped'
  }
}

function outcomeOf(cause: unknown): HostOutcome {
  if (cause instanceof UnreachableError) return 'unreachable'
  if (cause instanceof ValueUnavailable) return 'not-attempted'
  return 'failed'
}
