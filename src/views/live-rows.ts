import type { HostView, RunView } from './fold.ts'
import { outcomeColours, transferText } from './plain.ts'
import { clean, formatSeconds, plainStyle, plural, type Style } from './style.ts'

export interface Row {
  readonly text: string
  /** `done` and `failed` rows do not change any more. */
  readonly state: 'active' | 'done' | 'failed'
}

export interface LiveOptions {
  readonly rows: number
  readonly columns: number
  readonly style?: Style
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Lines of a terminal that the view leaves alone. */
const MARGIN = 3

/** Whether every host has a line of its own for the whole run. */
export function fits(view: RunView, rows: number): boolean {
  return view.hosts.size <= Math.max(1, rows - MARGIN)
}

/** What is on the screen at a moment: a line a host, or where they are too many the counts, what failed and what is at work. */
export function liveRows(view: RunView, options: LiveOptions): Row[] {
  const hosts = [...view.hosts.values()]
  const width = Math.max(0, ...hosts.map((host) => host.name.length))
  const row = (host: HostView) => rowOf(host, width, options)
  if (fits(view, options.rows)) return hosts.map(row)
  const room = Math.max(1, options.rows - MARGIN - 1)
  const failed = hosts.filter(isBad)
  const active = hosts.filter((host) => host.outcome === undefined && host.state !== 'queued')
  const shownFailures = failed.slice(-Math.max(1, Math.floor(room / 3)))
  // Those that do something before those that wait for them.
  const atWork = [
    ...active.filter((host) => host.state !== 'waiting'),
    ...active.filter((host) => host.state === 'waiting'),
  ]
  const shown = [...shownFailures, ...atWork].slice(0, room)
  return [{ text: countsText(hosts, options.style ?? plainStyle), state: 'active' }, ...shown.map(row)]
}

function rowOf(host: HostView, width: number, options: LiveOptions): Row {
  const style = options.style ?? plainStyle
  const name = host.name.padEnd(width)
  const room = Math.max(20, options.columns - width - 8)
  const state = host.outcome === undefined ? 'active' : isBad(host) ? 'failed' : 'done'
  return { state, text: `${name}  ${truncated(host, room, options.now(), style)}` }
}

function truncated(host: HostView, room: number, now: number, style: Style): string {
  if (host.outcome !== undefined) return style(outcomeColours[host.outcome], cut(outcomeText(host), room))
  const spent = host.startedAt === undefined ? '' : formatSeconds((now - host.startedAt) / 1000)
  if (host.transfer) return cut(`${transferText(host.transfer)} (${spent})`, room)
  if (host.current) {
    const since = formatSeconds((now - host.current.since) / 1000)
    const line = host.current.line ? `  ${clean(host.current.line).trim()}` : ''
    return cut(`${host.phase}: ${clean(host.current.title)} (${since})${line}`, room)
  }
  if (host.state === 'waiting')
    return style('dim', cut(`waiting for ${host.waitingFor ?? 'another host'} (${spent})`, room))
  if (host.state === 'queued') return style('dim', 'queued')
  const what = host.state === 'running' ? `${host.phase ?? 'starting'}: checking` : host.state
  return cut(`${what} (${spent})`, room)
}

function outcomeText(host: HostView): string {
  const { ok, changed, wouldChange, unknown } = host.counts
  const counts = [
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(wouldChange + unknown > 0 ? [`${wouldChange + unknown} would change`] : []),
    `${ok} ok`,
  ].join(', ')
  const spent = host.seconds === undefined ? '' : ` in ${formatSeconds(host.seconds)}`
  const why = host.error ?? host.failed
  return why === undefined ? `${host.outcome}${spent} (${counts})` : `${host.outcome}${spent}: ${clean(why)}`
}

function countsText(hosts: readonly HostView[], style: Style): string {
  const count = (test: (host: HostView) => boolean) => hosts.filter(test).length
  const failed = count(isBad)
  const parts = [
    `${count((host) => host.outcome !== undefined && !isBad(host))} of ${plural(hosts.length, 'host')} done`,
    ...(failed > 0 ? [style('red', `${failed} failed`)] : []),
    `${count((host) => host.outcome === undefined && host.state !== 'queued' && host.state !== 'waiting')} running`,
    `${count((host) => host.outcome === undefined && host.state === 'waiting')} waiting`,
    `${count((host) => host.outcome === undefined && host.state === 'queued')} queued`,
  ]
  return parts.join(', ')
}

function isBad(host: HostView): boolean {
  return host.outcome === 'failed' || host.outcome === 'unreachable' || host.outcome === 'not-attempted'
}

function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}
