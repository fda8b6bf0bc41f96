import { bounds } from '../events/host-words.ts'
import type { HostOutcome, HostState, HostTraffic, RunEvent, TaskFailure } from '../events/run-event.ts'
import { hintFor } from './hints.ts'
import { newTimeline, record, type Timeline } from './timeline.ts'

type TaskEvent = Extract<RunEvent, { kind: 'task' }>

/** What is known of one host so far. Times are milliseconds since 1970. */
export interface HostView {
  readonly name: string
  state: HostState
  waitingFor?: string | undefined
  phase?: string | undefined
  /** The change that is being made. */
  current?: { title: string; since: number; line?: string | undefined } | undefined
  /** The file that is on its way from or to it. */
  transfer?: Extract<RunEvent, { kind: 'transfer' }> | undefined
  /** Title of the task that failed. */
  failed?: string | undefined
  counts: { ok: number; changed: number; failed: number; wouldChange: number; unknown: number }
  outcome?: HostOutcome | undefined
  error?: string | undefined
  hint?: string | undefined
  traffic?: HostTraffic | undefined
  startedAt?: number | undefined
  finishedAt?: number | undefined
  seconds?: number | undefined
}

/** Everything the views and the summary are made of. */
export interface RunView {
  started?: Extract<RunEvent, { kind: 'run-started' }> | undefined
  firstAt: number
  lastAt: number
  readonly hosts: Map<string, HostView>
  readonly failures: TaskFailure[]
  readonly warnings: { host?: string | undefined; message: string }[]
  /** How many warnings each host has given, also of those that are not kept. */
  readonly warned: Map<string, number>
  readonly timeline: Timeline
  /** Changes that are none of the run's business: see the scope of `run-started`. */
  elsewhere: number
}

export function newRunView(): RunView {
  return {
    firstAt: 0,
    lastAt: 0,
    hosts: new Map(),
    failures: [],
    warnings: [],
    warned: new Map(),
    timeline: newTimeline(),
    elsewhere: 0,
  }
}

/** Takes in one event. Changes `view`; events come in the order in which they happened. */
export function fold(view: RunView, event: RunEvent): void {
  if (view.firstAt === 0) view.firstAt = event.at
  view.lastAt = Math.max(view.lastAt, event.at)
  record(view.timeline, event)
  if (event.kind === 'run-started') {
    view.started = event
    for (const name of event.hosts) hostView(view, name)
  } else if (event.kind === 'notice') {
    if (event.level === 'warning') warn(view, event.host, event.message)
  } else if (event.kind !== 'summary' && event.kind !== 'refused') {
    const host = hostView(view, event.host)
    foldHost(host, event)
    if (event.kind === 'task' && event.status === 'failed') view.failures.push(failureOf(event))
    if (event.kind === 'task' && event.status === 'changed' && isElsewhere(event, view)) view.elsewhere += 1
  }
}

/** Keeps a warning for the summary: of each host the first, in number and length. */
function warn(view: RunView, host: string | undefined, message: string): void {
  if (host === undefined) return void view.warnings.push({ host, message })
  const count = (view.warned.get(host) ?? 0) + 1
  view.warned.set(host, count)
  if (count > bounds.warnings + 1) return
  const text = count > bounds.warnings ? 'has more warnings, not shown here' : message
  view.warnings.push({ host, message: text.slice(0, 2 * bounds.noteLength) })
}

function isElsewhere(event: TaskEvent, view: RunView): boolean {
  const scope = view.started?.scope
  return scope !== undefined && !scope.named.includes(event.host) && !scope.phases.includes(event.phase)
}

/** A view of all the events of a run. */
export function foldAll(events: Iterable<RunEvent>): RunView {
  const view = newRunView()
  for (const event of events) fold(view, event)
  return view
}

function foldHost(
  host: HostView,
  event: Exclude<RunEvent, { kind: 'run-started' | 'notice' | 'summary' | 'refused' }>,
): void {
  host.transfer = event.kind === 'transfer' && event.bytes < event.size ? event : undefined
  if (event.kind === 'host-state') {
    host.state = event.state
    host.waitingFor = event.waitingFor
    if (event.state !== 'running') host.current = undefined
    if (event.state !== 'queued') host.startedAt ??= event.at
  } else if (event.kind === 'phase') {
    host.phase = event.phase
  } else if (event.kind === 'progress') {
    if (host.current) host.current = { ...host.current, line: event.line }
  } else if (event.kind === 'transfer') {
    host.startedAt ??= event.at
  } else if (event.kind === 'task') {
    host.startedAt ??= event.at
    host.phase = event.phase
    if (event.status === 'start') host.current = { title: event.title, since: event.at }
    else count(host, event)
  } else {
    host.state = 'finished'
    host.current = undefined
    host.outcome = event.outcome
    host.error = event.error
    host.hint = event.hint
    host.traffic = event.traffic
    host.finishedAt = event.at
    host.seconds = event.seconds
  }
}

function count(host: HostView, event: TaskEvent): void {
  if (event.status !== 'ok') host.current = undefined
  if (event.status === 'ok') host.counts.ok += 1
  else if (event.status === 'changed') host.counts.changed += 1
  else if (event.status === 'would-change') host.counts.wouldChange += 1
  else if (event.status === 'unknown') host.counts.unknown += 1
  else if (event.status === 'failed') {
    host.counts.failed += 1
    host.failed = event.title
  }
}

function failureOf(event: TaskEvent): TaskFailure {
  const { host, task, title, source } = event
  const log = event.log ?? ''
  const hint = event.hint ?? hintFor(log)
  return { host, task, title, source, stage: event.stage ?? 'apply', code: event.code ?? 0, log, hint }
}

function hostView(view: RunView, name: string): HostView {
  let host = view.hosts.get(name)
  if (host === undefined) {
    host = { name, state: 'queued', counts: { ok: 0, changed: 0, failed: 0, wouldChange: 0, unknown: 0 } }
    view.hosts.set(name, host)
  }
  return host
}
