import { formatSource } from '../errors.ts'
import type { RunEvent } from '../events/run-event.ts'
import { clean, plainStyle, plural, type Style } from './style.ts'
import { names } from './summary.ts'

interface Change {
  readonly phase: string
  readonly title: string
  readonly where: string
  readonly status: 'would-change' | 'unknown'
  readonly diff: string
}

/** Gathers what a run in check mode would change; `text` shows it, hosts with the same changes together. */
export interface PlanView {
  readonly event: (event: RunEvent) => void
  readonly text: (style?: Style) => string
}

export function createPlanView(): PlanView {
  const changes = new Map<string, Change[]>()
  return {
    event: (event) => {
      if (event.kind !== 'task' || (event.status !== 'would-change' && event.status !== 'unknown')) return
      const { phase, title, status } = event
      const change = { phase, title, status, where: formatSource(event.source), diff: event.diff ?? '' }
      changes.set(event.host, [...(changes.get(event.host) ?? []), change])
    },
    text: (style = plainStyle) => planText(changes, style),
  }
}

function planText(changes: ReadonlyMap<string, readonly Change[]>, style: Style): string {
  const groups = new Map<string, string[]>()
  for (const [host, list] of changes) {
    const same = JSON.stringify(list)
    groups.set(same, [...(groups.get(same) ?? []), host])
  }
  return [...groups].map(([same, hosts]) => groupText(hosts, JSON.parse(same) as Change[], style)).join('\n\n')
}

function groupText(hosts: readonly string[], changes: readonly Change[], style: Style): string {
  const sure = changes.filter((change) => change.status === 'would-change').length
  const unsure = changes.length - sure
  const counts = [
    ...(sure > 0 ? [plural(sure, 'change')] : []),
    ...(unsure > 0 ? [`${unsure} that depend on earlier changes`] : []),
  ]
  const lines = [`${style('bold', names(hosts))}: ${counts.join(', ')}`]
  let phase = ''
  for (const change of changes) {
    if (change.phase !== phase) lines.push(`  ${change.phase}`)
    phase = change.phase
    const mark = change.status === 'would-change' ? style('yellow', '~') : style('dim', '?')
    lines.push(`    ${mark} ${clean(change.title)}  ${style('dim', change.where)}`, ...diffLines(change.diff, style))
  }
  return lines.join('\n')
}

function diffLines(diff: string, style: Style): string[] {
  if (diff.trim() === '') return []
  return clean(diff)
    .trimEnd()
    .split('\n')
    .map((line) => `        ${paint(line, style)}`.trimEnd())
}

function paint(line: string, style: Style): string {
  if (line.startsWith('+++') || line.startsWith('---')) return style('dim', line)
  if (line.startsWith('@@')) return style('cyan', line)
  if (line.startsWith('+')) return style('green', line)
  return line.startsWith('-') ? style('red', line) : line
}
