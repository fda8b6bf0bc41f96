import { formatSource } from '../errors.ts'
import type { HostOutcome, RunEvent } from '../events/run-event.ts'
import { hintFor } from './hints.ts'
import { type Colour, clean, formatBytes, formatSeconds, inset, plainStyle, plural, type Style, tail } from './style.ts'

export interface PlainOptions {
  readonly style?: Style
  /** Also what was already as it should be, and signs of life. */
  readonly verbose?: boolean
}

export const outcomeColours: Record<HostOutcome, Colour> = {
  converged: 'green',
  changed: 'green',
  drifted: 'yellow',
  failed: 'red',
  unreachable: 'red',
  'not-attempted': 'yellow',
  down: 'dim',
  stopped: 'yellow',
}

/** One event as lines for logs and terminals that only scroll; what is of no interest gives none. The summary is not among them. */
export function createPlain(options: PlainOptions = {}): (event: RunEvent) => string[] {
  const style = options.style ?? plainStyle
  let began: number | undefined
  let width = 0
  /** When a host's transfer was last told of. */
  const told = new Map<string, number>()
  return (event) => {
    began ??= event.at
    if (event.kind === 'transfer' && !isDue(event, told)) return []
    if (event.kind === 'run-started') width = Math.max(0, ...event.hosts.map((host) => host.length))
    const host = 'host' in event && event.host !== undefined ? event.host : ''
    const head = `${style('dim', `[${((event.at - began) / 1000).toFixed(1).padStart(7)}s]`)} ${host.padEnd(width)}`
    return body(event, style, options.verbose ?? false).map((line, index) =>
      index === 0 ? `${head}  ${line}`.trimEnd() : line,
    )
  }
}

function body(event: RunEvent, style: Style, verbose: boolean): string[] {
  switch (event.kind) {
    case 'run-started': {
      const mode = event.mode === 'check' ? ' (changes nothing)' : ''
      return [
        `${event.command}${mode}: cluster ${event.cluster}, ${plural(event.hosts.length, 'host')}, run ${event.run}`,
      ]
    }
    case 'host-state':
      return stateLine(event)
    case 'phase':
      return verbose ? [`phase ${event.phase}`] : []
    case 'task':
      return taskLines(event, style, verbose)
    case 'progress':
      return verbose || (event.seconds >= 60 && event.seconds % 60 < 5)
        ? [style('dim', `still running (${formatSeconds(event.seconds)}): ${clean(event.line)}`)]
        : []
    case 'transfer':
      return [transferText(event)]
    case 'notice':
      return [event.level === 'warning' ? style('yellow', `warning: ${inset(event.message)}`) : inset(event.message)]
    case 'host-finished': {
      const spent = event.seconds === undefined ? '' : ` in ${formatSeconds(event.seconds)}`
      return [
        `${style(outcomeColours[event.outcome], event.outcome)}${spent}${event.error ? `: ${inset(event.error)}` : ''}`,
        ...(event.hint ? [`    hint: ${inset(event.hint)}`] : []),
      ]
    }
    case 'summary':
    case 'refused':
      return []
  }
}

/** Milliseconds between two lines about one transfer. */
const TRANSFER_EVERY = 30_000

/** Of a transfer its end, and where it takes long a line now and then. */
function isDue(event: Extract<RunEvent, { kind: 'transfer' }>, told: Map<string, number>): boolean {
  const last = told.get(event.host)
  if (last === undefined || event.bytes === event.size) told.set(event.host, event.at)
  if (event.bytes === event.size) return true
  if (last === undefined || event.at - last < TRANSFER_EVERY) return false
  told.set(event.host, event.at)
  return true
}

/** `receiving /a/b.tar: 1.2 GB of 3.0 GB, 40%`; `sending` to the host. */
export function transferText(event: Extract<RunEvent, { kind: 'transfer' }>): string {
  const words = { from: ['receiving', 'received'], to: ['sending', 'sent'] }[event.direction]
  const file = clean(event.file)
  if (event.bytes === event.size) return `${words[1]} ${file}: ${formatBytes(event.size)}`
  const percent = Math.floor((100 * event.bytes) / event.size)
  return `${words[0]} ${file}: ${formatBytes(event.bytes)} of ${formatBytes(event.size)}, ${percent}%`
}

function stateLine(event: Extract<RunEvent, { kind: 'host-state' }>): string[] {
  if (event.state === 'waiting') return [`waiting for ${event.waitingFor ?? 'another host'}`]
  return event.state === 'rebooting' ? ['rebooting'] : []
}

function taskLines(event: Extract<RunEvent, { kind: 'task' }>, style: Style, verbose: boolean): string[] {
  const title = clean(event.title)
  const spent = event.seconds === undefined ? '' : style('dim', ` (${formatSeconds(event.seconds)})`)
  const line = (colour: Colour, word: string) => `${style(colour, word.padEnd(8))} ${event.phase}: ${title}${spent}`
  switch (event.status) {
    case 'ok':
      return verbose ? [line('dim', 'ok')] : []
    case 'start':
      return verbose ? [line('cyan', 'start')] : []
    case 'changed':
      return [line('green', 'changed')]
    case 'would-change':
      return [line('yellow', 'would change')]
    case 'unknown':
      return [line('yellow', 'unknown')]
    case 'failed': {
      const log = event.log ?? ''
      const hint = event.hint ?? hintFor(log)
      return [
        line('red', 'failed'),
        `    at ${formatSource(event.source)} (${failedStage(event.stage ?? 'apply', event.code ?? 0)})`,
        ...tail(log, 10, '    | '),
        ...(hint ? [`    hint: ${inset(hint)}`] : []),
      ]
    }
  }
}

/** What went wrong, from the stage and its code. */
export function failedStage(stage: string, code: number): string {
  if (stage === 'timeout') return `not finished after ${formatSeconds(code)}`
  if (stage === 'recheck') return 'did not converge: applied, but the check still fails'
  if (stage === 'output') return `its value could not be read, status ${code}`
  return `${stage} ended with status ${code}`
}
