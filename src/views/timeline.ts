import type { RunEvent } from '../events/run-event.ts'

/** A stretch of one host's time, spent on a phase or on waiting for other hosts. Milliseconds since 1970. */
export interface Stretch {
  /** `connect`, `reboot`, `wait`, a playbook's phase, or '' while not yet known. */
  phase: string
  readonly from: number
  to: number
  /** The hosts that make the value waited for; undefined where the host worked. */
  readonly waitingOn?: readonly string[] | undefined
  readonly waitingFor?: string | undefined
  /** A wait broken off to make something for another host, and taken up again: nothing had come. */
  idle?: boolean
}

/** Per host its stretches, in order and without overlap. */
export interface Timeline {
  readonly stretches: Map<string, Stretch[]>
  /** Hosts whose journey is over: what they still do, they do when asked. */
  readonly finished: Set<string>
}

export function newTimeline(): Timeline {
  return { stretches: new Map(), finished: new Set() }
}

/** Takes in one event: what a host tells at a moment was done since the moment it last told something. */
export function record(timeline: Timeline, event: RunEvent): void {
  if (event.kind === 'host-state') {
    recordState(timeline, event)
  } else if (event.kind === 'phase' || event.kind === 'task') {
    recordWork(timeline, event.host, event.phase, event.at)
  } else if (event.kind === 'progress' || event.kind === 'transfer' || event.kind === 'host-finished') {
    const last = timeline.stretches.get(event.host)?.at(-1)
    if (last && !timeline.finished.has(event.host)) last.to = event.at
    if (event.kind === 'host-finished') timeline.finished.add(event.host)
  }
}

function recordState(timeline: Timeline, event: Extract<RunEvent, { kind: 'host-state' }>): void {
  if (event.state === 'queued' || event.state === 'finished') return
  const list = stretchesOf(timeline, event.host)
  const last = list.at(-1)
  if (last) last.to = event.at
  const { waitingFor, waitingOn = [] } = event
  const before = list.findLast((stretch) => stretch.waitingOn)
  if (event.state === 'waiting' && before && before.waitingFor === waitingFor) before.idle = true
  if (event.state === 'waiting') list.push({ phase: 'wait', from: event.at, to: event.at, waitingFor, waitingOn })
  else list.push({ phase: phaseOf(event.state), from: event.at, to: event.at })
}

function phaseOf(state: 'connecting' | 'running' | 'rebooting'): string {
  return state === 'connecting' ? 'connect' : state === 'rebooting' ? 'reboot' : ''
}

function recordWork(timeline: Timeline, host: string, phase: string, at: number): void {
  const list = stretchesOf(timeline, host)
  const last = list.at(-1)
  if (last === undefined || (timeline.finished.has(host) && last.phase !== phase)) {
    list.push({ phase, from: at, to: at })
  } else if (last.waitingOn) {
    last.to = at
    list.push({ phase, from: at, to: at })
  } else if (last.phase === phase || last.phase === '') {
    last.phase = phase
    last.to = at
  } else {
    list.push({ phase, from: last.to, to: at })
  }
}

function stretchesOf(timeline: Timeline, host: string): Stretch[] {
  const list = timeline.stretches.get(host) ?? []
  timeline.stretches.set(host, list)
  return list
}
