import { formatSource } from '../errors.ts'
import type { RunSummary, TaskFailure } from '../events/run-event.ts'
import { failedStage, outcomeColours } from './plain.ts'
import { clean, formatBytes, formatSeconds, inset, plainStyle, plural, type Style, tail } from './style.ts'
import { table } from './table.ts'

/** With more hosts than this, those that are fine are counted, not listed. */
const LISTED_HOSTS = 30
const LOG_LINES = 12

type Host = RunSummary['hosts'][number]

/** The last word on a run, for people: hosts, failures and what to do about them, and where the time went. */
export function summaryText(summary: RunSummary, style: Style = plainStyle): string {
  const blocks = [
    hostTable(summary, style),
    ...sameFailures(summary.failures).map((failures) => failureText(failures, style)),
    hostErrors(summary, style),
    warningsText(summary, style),
    pathText(summary, style),
    [...verdict(summary, style), ...scopeText(summary)],
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function hostTable(summary: RunSummary, style: Style): string[] {
  const few = summary.hosts.length <= LISTED_HOSTS
  const listed = few ? summary.hosts : summary.hosts.filter((host) => !isFine(host))
  const rest = summary.hosts.length - listed.length
  const check = summary.mode === 'check'
  const header = [
    'host',
    'outcome',
    'ok',
    check ? 'would change' : 'changed',
    check ? 'unknown' : 'failed',
    'conn/exec',
    'sent',
    'received',
    'time',
  ]
  const rows = listed.map((host) => [
    host.name,
    host.outcome,
    String(host.ok),
    String(check ? host.wouldChange : host.changed),
    String(check ? host.unknown : host.failed),
    `${host.connections}/${host.execs}`,
    formatBytes(host.bytesSent),
    formatBytes(host.bytesReceived),
    formatSeconds(host.seconds),
  ])
  const lines = listed.length === 0 ? [] : table(header, rows, { right: [2, 3, 4, 5, 6, 7, 8] })
  const painted = lines.map((line, index) => {
    const host = listed[index - 1]
    return host === undefined
      ? style('dim', line)
      : line.replace(host.outcome, style(outcomeColours[host.outcome], host.outcome))
  })
  return rest > 0 ? [...painted, `${few ? '' : 'and '}${plural(rest, 'host')} ok`] : painted
}

function isFine(host: Host): boolean {
  return host.outcome === 'converged' || host.outcome === 'changed'
}

/** Failures of the same task with the same words are one thing to read, however many hosts it happened on. */
function sameFailures(failures: readonly TaskFailure[]): TaskFailure[][] {
  const groups = new Map<string, TaskFailure[]>()
  for (const failure of failures) {
    const key = JSON.stringify([failure.source, failure.title, failure.stage, failure.code, failure.log])
    groups.set(key, [...(groups.get(key) ?? []), failure])
  }
  return [...groups.values()]
}

function failureText(failures: readonly TaskFailure[], style: Style): string[] {
  const failure = failures[0] as TaskFailure
  return [
    `${style('red', 'failed')} on ${names(failures.map((each) => each.host))}: ${clean(failure.title)}`,
    `  at ${formatSource(failure.source)} (${failedStage(failure.stage, failure.code)})`,
    ...tail(failure.log, LOG_LINES, '  | '),
    ...(failure.hint ? [`  ${style('bold', 'hint:')} ${inset(failure.hint)}`] : []),
  ]
}

/** What went wrong outside any task: connections, values that did not come. The same message once, with its hosts. */
function hostErrors(summary: RunSummary, style: Style): string[] {
  const groups = new Map<string, Host[]>()
  for (const host of summary.hosts) {
    if (host.error === undefined) continue
    const key = `${host.outcome}\0${host.error}\0${host.hint ?? ''}`
    groups.set(key, [...(groups.get(key) ?? []), host])
  }
  return [...groups.values()].flatMap((hosts) => {
    const first = hosts[0] as Host
    return [
      `${style(outcomeColours[first.outcome], first.outcome)}: ${names(hosts.map((host) => host.name))}: ${inset(first.error ?? '')}`,
      ...(first.hint ? [`  ${style('bold', 'hint:')} ${inset(first.hint)}`] : []),
    ]
  })
}

/** What the operator must know although it is no failure; the same words once, with the hosts they were said of. */
function warningsText(summary: RunSummary, style: Style): string[] {
  const groups = new Map<string, string[]>()
  for (const { host, message } of summary.warnings) {
    const hosts = groups.get(message) ?? []
    groups.set(message, host === undefined || hosts.includes(host) ? hosts : [...hosts, host])
  }
  return [...groups].map(([message, hosts]) => {
    const who = hosts.length > 0 ? `${names(hosts)}: ` : ''
    return `${style('yellow', 'warning:')} ${who}${inset(message)}`
  })
}

/** The first few names, and how many more. */
export function names(all: readonly string[], most = 8): string {
  return all.length <= most ? all.join(', ') : `${all.slice(0, most).join(', ')} and ${all.length - most} more`
}

function pathText(summary: RunSummary, style: Style): string[] {
  // A quick run has nothing to explain.
  if (summary.seconds < 5 || summary.criticalPath.length === 0) return []
  const steps = summary.criticalPath.filter((step) => step.seconds >= 0.05)
  const rows = steps.map((step) => [
    `  ${step.host}`,
    step.phase,
    formatSeconds(step.seconds),
    step.waitedFor ? `after waiting for ${step.waitedFor}` : '',
  ])
  return [style('bold', 'Critical path'), ...table([], rows, { right: [2] })]
}

/** What the run kept away from. */
function scopeText({ scope }: RunSummary): string[] {
  if (scope === undefined) return []
  return [`${plural(scope.contacted, 'host')} of ${scope.of} contacted, ${plural(scope.elsewhere, 'change')} elsewhere`]
}

function verdict(summary: RunSummary, style: Style): string[] {
  const spent = formatSeconds(summary.seconds)
  const count = (outcomes: string[]) => summary.hosts.filter((host) => outcomes.includes(host.outcome)).length
  const bad = count(['failed', 'unreachable', 'not-attempted'])
  const down = count(['down'])
  const changed = summary.hosts.reduce((sum, host) => sum + host.changed, 0)
  const left = down > 0 ? `, ${down} skipped as unreachable` : ''
  if (count(['stopped']) > 0 || summary.exitCode === 130) {
    return [style('yellow', `Interrupted after ${spent}: run again to continue`)]
  }
  if (bad > 0) return [style('red', `${bad} of ${plural(summary.hosts.length, 'host')} failed after ${spent}${left}`)]
  if (summary.mode === 'check') {
    const drifted = count(['drifted'])
    return drifted === 0
      ? [style('green', `Nothing to change (${plural(summary.hosts.length, 'host')}, ${spent}${left})`)]
      : [
          style(
            'yellow',
            `Changes on ${drifted} of ${plural(summary.hosts.length, 'host')} (${spent}${left}); no changes were made`,
          ),
        ]
  }
  const done = changed === 0 ? 'no changes' : plural(changed, 'change')
  return [style('green', `Converged: ${done} on ${plural(summary.hosts.length - down, 'host')} in ${spent}${left}`)]
}
