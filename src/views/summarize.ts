import type { HostOutcome, RunSummary } from '../events/run-event.ts'
import { criticalPath } from './critical-path.ts'
import type { HostView, RunView } from './fold.ts'

/** The summary of a run, over or interrupted. `exitCode` where the caller knows better than the outcomes say. */
export function summarize(view: RunView, exitCode?: number): RunSummary {
  const hosts = [...view.hosts.values()].map((host) => summarizeHost(host, view.lastAt))
  return {
    run: view.started?.run ?? '',
    cluster: view.started?.cluster ?? '',
    mode: view.started?.mode ?? 'apply',
    exitCode: exitCode ?? exitCodeOf(hosts.map((host) => host.outcome)),
    seconds: (view.lastAt - view.firstAt) / 1000,
    hosts,
    scope: scopeOf(view),
    criticalPath: criticalPath(view.timeline),
    failures: view.failures,
    warnings: view.warnings,
  }
}

function scopeOf(view: RunView): RunSummary['scope'] {
  const scope = view.started?.scope
  if (scope === undefined) return undefined
  const contacted = [...view.hosts.values()].filter((host) => host.startedAt !== undefined).length
  return { of: scope.of, contacted, elsewhere: view.elsewhere }
}

/** 0 converged, 1 a host failed, 3 a plan found changes, 130 interrupted. */
export function exitCodeOf(outcomes: readonly HostOutcome[]): number {
  const any = (...wanted: HostOutcome[]) => outcomes.some((outcome) => wanted.includes(outcome))
  if (any('stopped')) return 130
  if (any('failed', 'unreachable', 'not-attempted')) return 1
  return any('drifted') ? 3 : 0
}

function summarizeHost(host: HostView, now: number): RunSummary['hosts'][number] {
  const traffic = host.traffic ?? { connections: 0, execs: 0, bytesSent: 0, bytesReceived: 0 }
  const end = host.finishedAt ?? now
  return {
    name: host.name,
    outcome: host.outcome ?? (host.startedAt === undefined ? 'not-attempted' : 'stopped'),
    ...host.counts,
    ...traffic,
    seconds: host.seconds ?? (host.startedAt === undefined ? 0 : (end - host.startedAt) / 1000),
    error: host.error,
    hint: host.hint,
  }
}
