import { type Expected, judgeCluster } from './checks/cluster.ts'
import { judgeControlPlane } from './checks/control-plane.ts'
import { judgeHost } from './checks/hosts.ts'
import { type Found, gather } from './finding.ts'
import { newestBackup } from './parse/backups.ts'
import { readApi, readCluster } from './parse/cluster.ts'
import { readEtcd } from './parse/etcd.ts'
import { readHost } from './parse/host.ts'
import type { LocalStatus } from './parse/local.ts'
import type { ClusterStatus, HostStatus } from './schema.ts'

/** One host of the inventory, and how asking it went. */
export interface AskedHost {
  readonly name: string
  readonly role: HostStatus['role']
  readonly state: HostStatus['state']
  readonly error?: string | undefined
  readonly hint?: string | undefined
}

/** All that a status is made of. Answers are what the scripts of scripts/status printed, by host. */
export interface StatusInput {
  readonly cluster: string
  /** ms since 1970 */
  readonly now: number
  readonly hosts: readonly AskedHost[]
  /** Hosts that are not what the inventory says. */
  readonly mistakes?: readonly {
    readonly message: string
    readonly hint?: string | undefined
    readonly warning?: boolean | undefined
  }[]
  readonly hostAnswers: ReadonlyMap<string, string>
  readonly certificateAnswers: ReadonlyMap<string, string>
  readonly controlPlaneAnswers: ReadonlyMap<string, string>
  readonly expected: Expected
  readonly local: LocalStatus
}

/** Days after which a backup is too old to lean on. */
const BACKUP_DAYS = 7

/** Makes sense of the answers, and judges them. Pure; never throws: an answer in no known form is no answer. */
export function readStatus(input: StatusInput): ClusterStatus {
  const { now } = input
  const hosts = input.hosts.map((host): HostStatus => {
    const answer = readHost(input.hostAnswers.get(host.name) ?? '', input.certificateAnswers.get(host.name) ?? '', now)
    const { name, role, state, error, hint } = host
    return { name, role, state, ...(error ? { error } : {}), ...(hint ? { hint } : {}), ...answer }
  })
  const lastBackup = newestBackup(input.local.lastBackup, hosts, now)
  const local = { ...input.local, ...(lastBackup ? { lastBackup } : {}) }
  const controlPlanes = input.hosts.filter((host) => host.role === 'control-plane' && host.state !== 'down')
  const api = controlPlanes.map((host) => readApi(host.name, input.controlPlaneAnswers.get(host.name)))
  const etcd = readEtcd(
    input.controlPlaneAnswers,
    controlPlanes.map((host) => host.name),
  )
  const view = readCluster(input.controlPlaneAnswers.values())
  const found = [
    ...(input.mistakes ?? []).map(
      ({ message, hint, warning }): Found => ({ level: warning ? 'warning' : 'broken', what: message, next: hint }),
    ),
    ...judgeControlPlane({ api, ...(etcd ? { etcd } : {}), hosts }),
    ...hosts.flatMap(judgeHost),
    ...judgeCluster(view, input.expected, now),
    ...judgeLocal(local, now),
  ]
  const findings = gather(found)
  return {
    cluster: input.cluster,
    at: new Date(now).toISOString(),
    healthy: findings.every((each) => each.level === 'note'),
    findings,
    api,
    ...(etcd ? { etcd } : {}),
    hosts,
    ...view,
    ...(local.lastRun ? { lastRun: local.lastRun } : {}),
    ...(local.lastBackup ? { lastBackup: local.lastBackup } : {}),
  }
}

function judgeLocal({ lastRun, lastBackup, rebuilding }: LocalStatus, now: number): Found[] {
  const found: Found[] = []
  if (rebuilding)
    found.push({
      level: 'broken',
      what: 'a rebuild has begun and not ended',
      next: 'provision rebuild, which goes on with it',
    })
  if (lastRun !== undefined && !lastRun.running && lastRun.exitCode !== 0) {
    const how = lastRun.exitCode === undefined || lastRun.exitCode === 130 ? 'was cut off' : 'failed'
    found.push({
      level: 'warning',
      what: `the last run, \`${lastRun.command}\`, ${how}`,
      next: `${lastRun.command}, which goes on where it stopped`,
    })
  }
  if (lastBackup === undefined) found.push({ level: 'note', what: 'there is no backup', next: 'provision backup' })
  else {
    const days = Math.floor((now - Date.parse(lastBackup.at)) / 86_400_000)
    if (days >= BACKUP_DAYS)
      found.push({ level: 'warning', what: `the last backup is ${days} days old`, next: 'provision backup' })
  }
  return found
}
