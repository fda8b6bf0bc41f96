import { formatBytes, plural } from '../../views/style.ts'
import type { Found } from '../finding.ts'
import type { ClusterStatus, EtcdStatus } from '../schema.ts'

/** Percent of etcd's quota; at 100 it takes no more writes. */
const FILLING = 80

/** What is wrong with etcd and the API servers. */
export function judgeControlPlane(status: Pick<ClusterStatus, 'api' | 'etcd' | 'hosts'>): Found[] {
  return [...(status.etcd ? judgeEtcd(status.etcd, expiredOn(status.hosts)) : []), ...judgeApi(status)]
}

function judgeEtcd(etcd: EtcdStatus, expired: ReadonlySet<string>): Found[] {
  const found: Found[] = []
  const bad = etcd.members.filter((each) => each.state !== 'healthy')
  const count = plural(etcd.members.length, 'member')
  const renew = bad.some((each) => expired.has(each.name)) ? 'provision certs renew' : undefined
  if (etcd.mayFail < 0) {
    found.push({
      level: 'broken',
      what: `etcd has lost its quorum: ${etcd.healthy} of ${count} healthy, ${etcd.quorum} needed. Nothing can be written`,
      next:
        renew ?? `bring back ${bad.map((each) => each.name).join(' or ')}; if they do not come back: provision rebuild`,
    })
  } else if (bad.length > 0) {
    const margin = etcd.mayFail === 0 ? 'no more may fail' : `${etcd.mayFail} more may fail`
    found.push({
      level: etcd.mayFail === 0 ? 'broken' : 'warning',
      what: `etcd: ${etcd.healthy} of ${count} healthy, ${margin}; not healthy: ${bad.map((each) => each.name).join(', ')}`,
      next:
        renew ??
        `bring them back; if they do not come back: ${bad.map((each) => `provision remove --gone ${each.name}`).join('; ')}`,
    })
  }
  for (const member of bad.filter((each) => each.message))
    found.push({ level: 'warning', host: member.name, what: `its etcd: ${member.message}` })
  for (const alarm of etcd.alarms) {
    const space = alarm === 'NOSPACE'
    found.push({
      level: 'broken',
      what: space ? 'etcd is out of space and takes no writes' : `etcd raised the alarm ${alarm}: its members differ`,
      next: space
        ? 'on a control plane: etcdctl compact, etcdctl defrag --cluster, etcdctl alarm disarm (docs/guides/status.md)'
        : 'provision backup, then provision rebuild',
    })
  }
  for (const member of etcd.members) {
    const { sizeBytes: size = 0, quotaBytes: quota = 0, sizeInUseBytes: used = size } = member
    if (quota === 0 || size < (quota * FILLING) / 100) continue
    found.push({
      level: 'warning',
      host: member.name,
      what: `its etcd has ${formatBytes(size)} of ${formatBytes(quota)}, ${formatBytes(used)} of it in use`,
      next:
        used < size / 2
          ? 'etcdctl defrag gives back what is not in use (docs/guides/status.md)'
          : 'find out what fills it: docs/guides/status.md',
    })
  }
  const versions = [...new Set(etcd.members.flatMap((each) => each.version ?? []))]
  if (versions.length > 1)
    found.push({ level: 'warning', what: `etcd runs in several versions: ${versions.join(', ')}` })
  return found
}

function judgeApi({ api, etcd, hosts }: Pick<ClusterStatus, 'api' | 'etcd' | 'hosts'>): Found[] {
  const asked = api.filter((each) => each.state !== 'unknown')
  const ready = asked.some((each) => each.state === 'ready')
  const found: Found[] = []
  if (asked.length === 0 && api.length > 0) {
    const next = 'reach one of them, or look from the console: `journalctl -u kubelet`, `crictl ps -a`'
    found.push({
      level: 'broken',
      what: 'no control plane can be reached: what the cluster itself says is not known',
      next,
    })
  }
  const lost = (etcd?.mayFail ?? 0) < 0
  const expired = expiredOn(hosts)
  for (const each of asked) {
    if (each.state === 'ready') continue
    const next =
      expired.has(each.host) || each.state === 'refused'
        ? 'provision certs renew'
        : lost
          ? undefined
          : ready
            ? 'provision --limit HOSTS, and if that does not help: provision support HOSTS'
            : 'provision rebuild, which looks first and says what it found'
    const state = { failing: 'is not ready', down: 'does not answer', refused: 'refuses admin.conf' }
    const what = `its API server ${state[each.state as keyof typeof state]}${each.message ? `: ${each.message}` : ''}`
    found.push({ level: 'broken', host: each.host, what, next })
  }
  const versions = [...new Set(asked.flatMap((each) => each.version ?? []))]
  if (versions.length > 1)
    found.push({
      level: 'warning',
      what: `API servers run in several versions: ${versions.join(', ')}`,
      next: 'provision',
    })
  return found
}

/** Hosts on which a certificate has expired. */
function expiredOn(hosts: ClusterStatus['hosts']): Set<string> {
  const is = (host: ClusterStatus['hosts'][number]) =>
    host.certificates.some((one) => !one.authority && one.daysLeft < 0)
  return new Set(hosts.filter(is).map((host) => host.name))
}
