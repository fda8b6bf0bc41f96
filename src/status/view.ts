import { clean, formatBytes, plainStyle, plural, type Style } from '../views/style.ts'
import { table } from '../views/table.ts'
import { SOON } from './checks/hosts.ts'
import { findingTitle } from './finding.ts'
import type { ApiStatus, ClusterStatus, EtcdStatus, Finding, HostStatus, NodeStatus } from './schema.ts'

/** With more nodes than this, those that are fine are counted, not listed. */
const LISTED_NODES = 30
const LISTED_PODS = 20

/** The screen: what there is, and last, where the eye is, what is wrong and what to do about it. */
export function statusText(status: ClusterStatus, style: Style = plainStyle): string {
  return [
    controlPlaneText(status, style),
    nodesText(status, style),
    podsText(status, style),
    historyText(status),
    findingsText(status.findings, style),
    [verdict(status, style)],
  ]
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function controlPlaneText({ api, etcd }: ClusterStatus, style: Style): string[] {
  if (api.length === 0) return []
  const rows = api.map((each) => [each.host, apiCell(each, style), etcdCell(each.host, etcd, style)])
  const known = new Set(api.map((each) => each.host))
  for (const member of etcd?.members.filter((each) => !known.has(each.name)) ?? [])
    rows.push([member.name, '', etcdCell(member.name, etcd, style)])
  return [...table(['CONTROL PLANE', 'API SERVER', 'ETCD'], rows), ...(etcd ? [marginText(etcd, style)] : [])]
}

function apiCell(api: ApiStatus, style: Style): string {
  const words = { ready: 'ready', failing: 'not ready', down: 'down', refused: 'access denied', unknown: '?' }
  const state = style(api.state === 'ready' ? 'green' : api.state === 'unknown' ? 'yellow' : 'red', words[api.state])
  return api.version ? `${state} ${api.version}` : state
}

function etcdCell(host: string, etcd: EtcdStatus | undefined, style: Style): string {
  const member = etcd?.members.find((each) => each.name === host)
  if (member === undefined) return etcd === undefined ? style('yellow', '?') : '-'
  const words = { healthy: 'healthy', 'no-leader': 'no leader', down: 'down', unknown: '?' }
  const state = style(
    member.state === 'healthy' ? 'green' : member.state === 'unknown' ? 'yellow' : 'red',
    words[member.state],
  )
  return [
    state,
    ...(member.leader ? ['leader'] : []),
    ...(member.learner ? ['learner'] : []),
    ...(member.version ? [member.version] : []),
    ...(member.sizeBytes === undefined
      ? []
      : [`${formatBytes(member.sizeBytes)} of ${formatBytes(member.quotaBytes ?? 0)}`]),
  ].join(', ')
}

/** `etcd: 3 members, 1 may fail`. */
export function marginText(etcd: EtcdStatus, style: Style = plainStyle): string {
  const members = plural(etcd.members.length, 'member')
  const healthy = etcd.healthy === etcd.members.length ? '' : `, ${etcd.healthy} healthy`
  if (etcd.mayFail < 0) return style('red', `etcd: ${members}${healthy}: no quorum (${etcd.quorum} needed)`)
  const more = healthy === '' ? '' : 'more '
  const margin = etcd.mayFail === 0 ? (more ? 'no more may fail' : 'none may fail') : `${etcd.mayFail} ${more}may fail`
  const bad = healthy !== '' && etcd.mayFail === 0
  return style(bad ? 'red' : 'green', `etcd: ${members}${healthy}, ${margin}`)
}

function nodesText(status: ClusterStatus, style: Style): string[] {
  const hosts = new Map(status.hosts.map((host) => [host.name, host]))
  const nodes = new Map((status.nodes ?? []).map((node) => [node.name, node]))
  const all = [...new Set([...hosts.keys(), ...nodes.keys()])]
  const concerned = new Set(status.findings.flatMap((finding) => finding.hosts))
  const listed = all.length <= LISTED_NODES ? all : all.filter((name) => concerned.has(name))
  const rows = listed.map((name) => nodeRow(name, nodes.get(name), hosts.get(name), status.nodes !== undefined, style))
  const lines =
    listed.length === 0
      ? []
      : table(['NODE', 'STATE', 'VERSION', 'RUNTIME', 'SYSTEM', 'DISK', 'CLOCK', 'CERTIFICATES'], rows)
  const rest = all.length - listed.length
  return rest === 0 ? lines : [...lines, `and ${plural(rest, 'node')} as they should be`]
}

function nodeRow(
  name: string,
  node: NodeStatus | undefined,
  host: HostStatus | undefined,
  asked: boolean,
  style: Style,
): string[] {
  const state = stateWords(node, host, asked)
  return [
    name,
    style(state === 'Ready' ? 'green' : /^(not asked|\?|down)$/.test(state) ? 'yellow' : 'red', state),
    node?.version ?? '',
    node?.runtime.replace('://', ' ') ?? '',
    node?.system.replace(/ GNU\/Linux/, '').replace(/ \([^()]*\)$/, '') ?? '',
    diskCell(host, style),
    clockCell(host, style),
    certificateCell(host, style),
  ]
}

/** Of the node as the API has it, or, where no API server answers, of the host. */
function stateWords(node: NodeStatus | undefined, host: HostStatus | undefined, asked: boolean): string {
  const reach = { answered: '', unreachable: 'unreachable', failed: 'no answer', down: 'down', 'not-asked': '' }[
    host?.state ?? 'not-asked'
  ]
  if (node === undefined) return reach || (asked ? 'no node' : '?')
  const words = node.conditions.map((each) => (each.type === 'Ready' ? 'NotReady' : each.type))
  if (node.ready) words.unshift('Ready')
  return [
    ...words,
    ...(node.cordoned ? ['cordoned'] : []),
    ...(node.leaving ? ['leaving'] : []),
    ...(reach ? [reach] : []),
  ].join(', ')
}

function diskCell(host: HostStatus | undefined, style: Style): string {
  const fullest = [...(host?.disks ?? [])].sort((one, other) => other.usedPercent - one.usedPercent)[0]
  if (fullest === undefined) return ''
  const colour = fullest.usedPercent >= 90 ? 'red' : fullest.usedPercent >= 80 ? 'yellow' : 'green'
  return style(colour, `${fullest.usedPercent}% ${fullest.mount}`)
}

function clockCell(host: HostStatus | undefined, style: Style): string {
  const off = host?.clockOffset
  if (off === undefined) return ''
  const rounded = Math.abs(off) < 0.05 ? '0.0s' : `${off > 0 ? '+' : ''}${off.toFixed(1)}s`
  return style(Math.abs(off) > 1 ? 'red' : 'green', rounded)
}

function certificateCell(host: HostStatus | undefined, style: Style): string {
  const first = [...(host?.certificates ?? [])].sort((one, other) => one.daysLeft - other.daysLeft)[0]
  if (first === undefined) return ''
  const text = first.daysLeft < 0 ? `expired (${first.name})` : `${first.daysLeft} days`
  return style(first.daysLeft < 0 ? 'red' : first.daysLeft < SOON ? 'yellow' : 'green', text)
}

function podsText({ pods }: ClusterStatus, style: Style): string[] {
  if (pods === undefined) return []
  if (pods.notReady.length === 0) return [style('green', `pods: all ${pods.count} are ready or done`)]
  const rows = pods.notReady
    .slice(0, LISTED_PODS)
    .map((each) => [
      `${each.namespace}/${each.name}`,
      each.ready,
      each.state,
      String(each.restarts),
      each.age,
      each.node,
    ])
  const rest = pods.notReady.length - rows.length
  const lines = table(['POD', 'READY', 'STATE', 'RESTARTS', 'AGE', 'NODE'], rows)
  return rest > 0 ? [...lines, `and ${rest} more of ${plural(pods.count, 'pod')}`] : lines
}

function historyText({ at, lastRun, lastBackup }: ClusterStatus): string[] {
  const now = Date.parse(at)
  const ended = (code: number | undefined) =>
    code === undefined ? 'was cut off' : code === 0 ? 'converged' : `exit code ${code}`
  const run = lastRun
    ? `${lastRun.command}, ${ago(now, lastRun.at)} by ${lastRun.by}: ${lastRun.running ? 'under way' : ended(lastRun.exitCode)}`
    : 'none from this machine'
  const backup = lastBackup
    ? `${ago(now, lastBackup.at)}, ${formatBytes(lastBackup.sizeBytes)}, ${lastBackup.host ? `on ${lastBackup.host}: ` : ''}${lastBackup.file}`
    : 'none'
  return [`last run:    ${clean(run)}`, `last backup: ${clean(backup)}`]
}

/** `just now`, `12 minutes ago`, `5 hours ago`, `3 days ago`. */
export function ago(now: number, at: string): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(at)) / 60_000))
  if (minutes < 1) return 'just now'
  if (minutes < 120) return `${plural(minutes, 'minute')} ago`
  if (minutes < 48 * 60) return `${plural(Math.floor(minutes / 60), 'hour')} ago`
  return `${plural(Math.floor(minutes / 1440), 'day')} ago`
}

/** What is wrong, and under it what to do. */
export function findingsText(findings: readonly Finding[], style: Style = plainStyle): string[] {
  const colours = { broken: 'red', warning: 'yellow', note: 'cyan' } as const
  return findings.flatMap((finding) => [
    `${style(colours[finding.level], finding.level.padEnd(8))} ${clean(findingTitle(finding))}`,
    ...(finding.next ? [`         ${style('bold', 'next:')} ${clean(finding.next)}`] : []),
  ])
}

function verdict({ cluster, findings }: ClusterStatus, style: Style): string {
  const count = (level: Finding['level']) => findings.filter((each) => each.level === level).length
  const broken = count('broken')
  const warnings = count('warning')
  if (broken + warnings === 0) return style('green', `${cluster}: all is well`)
  const words = [
    ...(broken > 0 ? [`${plural(broken, 'thing')} broken`] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ]
  return style(broken > 0 ? 'red' : 'yellow', `${cluster}: ${words.join(', ')}`)
}
