import pLimit from 'p-limit'
import { compileProgram, librariesOf } from '../compile/compile.ts'
import type { HostPlan, PlannedTask } from '../compile/plan.ts'
import { LockedError, MistakenHosts, ProtocolError, UnreachableError } from '../errors.ts'
import type { ProgramEvent } from '../events/event.ts'
import { mayAsk } from '../events/host-words.ts'
import type { HostOutcome, RunEventBody } from '../events/run-event.ts'
import type { Host } from '../inventory/inventory.ts'
import type { Session } from '../transport/transport.ts'
import { abortable } from '../transport/wait.ts'
import type { RunContext } from './context.ts'
import { createRelay, createSieve } from './events.ts'
import { Progress } from './progress.ts'
import { fetchOutput, storeUpload } from './transfers.ts'
import { ValueUnavailable } from './values.ts'

/** How one program ended, and where: `at` is the task that failed, needs values or asked for the reboot. */
interface ProgramEnd {
  readonly result: Extract<ProgramEvent, { kind: 'end' }>['result']
  readonly at?: string | undefined
  readonly needs: readonly string[]
}

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
  /** One program at a time. */
  readonly #turn = pLimit(1)
  #session: Promise<Session> | undefined
  #plan: HostPlan | undefined
  #programs = 0
  #produced = new Map<string, Promise<void>>()
  readonly #progress: Progress
  #started = 0
  #outcome: HostOutcome | undefined
  /** Tasks that were found right, and the values that were not there yet. */
  readonly #foundEarly = new Map<string, readonly string[]>()
  #changes = 0
  #waiting: RunEventBody | undefined
  /** Why it could not be opened. */
  #refusal: unknown

  /** `selected`: whether its own phases run; a host outside the selection is only asked for values. */
  constructor(host: Host, context: RunContext, selected: boolean) {
    this.host = host
    this.#context = context
    this.#progress = new Progress(host.name, selected ? 0 : Number.POSITIVE_INFINITY)
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
    const missed = (task: PlannedTask) => this.#foundEarly.get(task.task) ?? []
    const isNews = (name: string) => !onDemand.has(name) && values.changed.has(name)
    const tasks = this.#plan?.tasks.filter((task) => missed(task).some(isNews)) ?? []
    if (tasks.length === 0 || stopping.aborted || !(this.#outcome === 'converged' || this.#outcome === 'changed'))
      return
    await this.#reported(async () => {
      await this.#fetch([...new Set(tasks.flatMap(missed))])
      emit({ kind: 'host-state', host: this.host.name, state: 'running' })
      const [session, plan] = [await this.#open(), await this.#planned()]
      const end = await limit(() => this.#execute(session, plan, tasks, true))
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
      if (cause instanceof LockedError && (cause !== this.#refusal || this.#context.standsForCluster(this.host)))
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
    return this.#changes === 0 ? 'converged' : this.#context.mode === 'check' ? 'drifted' : 'changed'
  }

  /** The last word on a host outside the selection, which others may have asked for values. */
  async served(): Promise<void> {
    if (this.#session !== undefined) await this.#finished({ outcome: this.#changes > 0 ? 'changed' : 'converged' })
  }

  async #finished(end: Pick<Finished, 'outcome' | 'error' | 'hint' | 'seconds'>): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    const outcome = session === undefined && end.outcome === 'converged' ? 'unreachable' : end.outcome
    this.#context.emit({ kind: 'host-finished', host: this.host.name, ...end, outcome, traffic: session?.traffic })
  }

  /** Asks for the values of an on-demand phase to be made here. Returns once they have been given, or throws. */
  async produce(name: string): Promise<void> {
    const tasks = (await this.#planned()).onDemand
    const wanted = tasks.find((task) => task.output?.name === name)
    if (wanted === undefined) return
    const phase = tasks.filter((task) => task.phaseId === wanted.phaseId)
    const made = this.#produced.get(wanted.phaseId) ?? this.#makeOnDemand(phase)
    this.#produced.set(wanted.phaseId, made)
    await made
  }

  /** Returns once the host is connected and ours. Throws what connecting threw. */
  async locked(): Promise<void> {
    await this.#context.limit(() => this.#open())
  }

  async stop(): Promise<void> {
    await (await this.#session?.catch(() => undefined))?.stop()
  }

  async close(): Promise<void> {
    await (await this.#session?.catch(() => undefined))?.close()
  }

  async #makeOnDemand(tasks: readonly PlannedTask[]): Promise<void> {
    const first = Math.min(...tasks.map(numberOf))
    await this.#progress.passed(first)
    const session = await this.#open()
    const { emit } = this.#context
    if (!this.#progress.ended) emit({ kind: 'host-state', host: this.host.name, state: 'running' })
    const end = await this.#execute(session, await this.#planned(), tasks, false)
    // The host goes back to what it was waiting for itself.
    if (!this.#progress.ended && this.#waiting) emit(this.#waiting)
    // What it has not given by now it will not give, whatever it says.
    for (const { output } of tasks) if (output) this.#context.values.without(output.name, this.host.name)
    if (end.result !== 'done')
      throw new ValueUnavailable(
        tasks.flatMap((task) => task.output?.name ?? []).join(', '),
        `${this.host.name} failed before producing it`,
      )
  }

  async #travel(): Promise<HostOutcome> {
    const { limit, emit, mode, stopping } = this.#context
    const session = await limit(() => this.#open())
    // Made while other hosts are still on their way; what is wrong with it is told when it is its turn.
    const planned = this.#planned()
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
      const end = await limit(() => this.#execute(session, plan, rest, resumed))
      resumed = end.result === 'needs'
      if (end.result === 'done') return this.#done()
      if (end.result === 'stopped') return 'stopped'
      if (end.result === 'needs') {
        const from = rest.findIndex((task) => task.task === end.at)
        // Each program that ends so makes fewer values missing: there are no more of them than needs.
        if (from < 0 || end.needs.length === 0) throw new ProtocolError('it ended for values that it had not requested')
        rest = rest.slice(from)
        this.#progress.reach(rest[0] ? numberOf(rest[0]) : 0)
        await this.#fetch(end.needs)
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

  /** Waits until the values are there; whoever makes them on demand is asked to. */
  async #fetch(names: readonly string[]): Promise<void> {
    const { emit, values, onDemand, stopping } = this.#context
    const from = [...new Set(names.flatMap((name) => values.producers(name)))].filter((host) => host !== this.host.name)
    const waitingFor = `${names.join(', ')} from ${from.length > 3 ? `${from.length} hosts` : from.join(', ')}`
    this.#waiting = { kind: 'host-state', host: this.host.name, state: 'waiting', waitingFor, waitingOn: from }
    // What no host of the run makes is there at once, as nothing.
    if (from.length > 0) emit(this.#waiting)
    for (const name of names) {
      const asked = onDemand.has(name) ? values.producers(name).map((host) => this.#ask(host, name)) : []
      await abortable(Promise.all(asked), stopping)
      this.#context.received(this.host.name, name, await abortable(values.get(name), stopping))
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

  async #execute(
    session: Session,
    plan: HostPlan,
    tasks: readonly PlannedTask[],
    resumed: boolean,
  ): Promise<ProgramEnd> {
    return this.#turn(async () => {
      const { run, mode } = this.#context
      this.#programs += 1
      const input = this.#context.compileInput(this.host, plan.facts, session.identity.clockOffset * 1000)
      const program = compileProgram(
        plan,
        tasks,
        {
          mode,
          prelude: this.#context.prelude(plan.facts.family, librariesOf(tasks)),
          id: `${run}-${this.#programs}`,
          resumed,
        },
        input,
      )
      const sieve = createSieve(this.host, tasks)
      const relay = createRelay(this.host.name, tasks, this.#context)
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
          needs = neededBy(this.host, event, missingOf(tasks.find((each) => each.task === event.task)))
          at = event.task
        }
        if (event.kind === 'changed' || event.kind === 'would-change' || event.kind === 'unknown') this.#changes += 1
        if (event.kind === 'ok' || event.kind === 'changed') {
          const task = tasks.find((each) => each.task === event.task)
          const missing = missingOf(task)
          if (event.kind === 'ok' && missing.length > 0) this.#foundEarly.set(event.task, missing)
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
    for (const file of files) await fetchOutput({ host: this.host.name, ...file }, session, takeFile, emit, stopping)
  }

  #open(): Promise<Session> {
    this.#session ??= this.#context.open(this.host).catch((error: unknown) => {
      this.#refusal = error
      throw error
    })
    return this.#session
  }

  async #planned(): Promise<HostPlan> {
    const session = await this.#open()
    this.#plan ??= this.#context.plan(this.host, session.identity)
    return this.#plan
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

function numberOf(task: PlannedTask): number {
  return Number(task.task.slice(1))
}

function outcomeOf(cause: unknown): HostOutcome {
  if (cause instanceof UnreachableError) return 'unreachable'
  if (cause instanceof ValueUnavailable) return 'not-attempted'
  return 'failed'
}
