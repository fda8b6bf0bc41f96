import { formatBytes, plural } from '../../views/style.ts'
import type { Found } from '../finding.ts'
import type { CertificateStatus, HostStatus } from '../schema.ts'

/** Days below which a certificate is worth a warning; of a CA a year, since a new one is more than a command. */
export const SOON = 30
const SOON_AUTHORITY = 365
/** Seconds that a clock may be off; certificates and tokens are judged by it. */
const CLOCK = 1
/** Percent of a disk; the kubelet evicts pods at 90, and stops collecting before that. */
const DISK_FULL = 90
const DISK_FILLING = 80

/** What is wrong with one host, as it says itself. */
export function judgeHost(host: HostStatus): Found[] {
  const on = (found: Omit<Found, 'host'>): Found => ({ ...found, host: host.name })
  if (host.state === 'not-asked') return []
  if (host.state === 'down') return [on({ level: 'note', what: 'left out: the inventory says that it is down' })]
  if (host.state === 'unreachable' || host.state === 'failed') {
    const what =
      host.state === 'failed' ? `did not answer the questions: ${host.error}` : `cannot be reached: ${host.error}`
    const gone =
      'if it is off for longer, write `state: down` in the inventory; if it does not come back: `provision remove --gone HOSTS`'
    return [on({ level: 'broken', what, next: host.hint ? `${host.hint}; ${gone}` : gone })]
  }
  return [
    ...judgeUnits(host),
    ...judgeWaiting(host),
    ...judgeClock(host),
    ...judgeDisks(host),
    ...judgeCertificates(host),
    ...judgeSigningKeys(host),
  ].map(on)
}

function judgeUnits(host: HostStatus): Omit<Found, 'host'>[] {
  const expired = host.certificates.some((each) => !each.authority && each.daysLeft < 0)
  return host.units.flatMap((unit): Omit<Found, 'host'>[] => {
    const needed = /^(kubelet|containerd|docker)\.service$|^cri-docker\.socket$/.test(unit.name)
    const clock = /^chronyd?\.service$/.test(unit.name)
    if ((needed || clock) && unit.active !== 'active') {
      const log = unit.log.at(-1)
      const what = `${unit.name} is ${unit.active} (${unit.sub})${log ? `: ${log}` : ''}`
      const next = expired && unit.name === 'kubelet.service' ? 'provision certs renew' : 'provision --limit HOSTS'
      return [{ level: needed ? 'broken' : 'warning', what, next }]
    }
    if (unit.name === 'kubelet.service' && unit.enabled !== 'enabled')
      return [
        {
          level: 'warning',
          what: `${unit.name} is ${unit.enabled}: it does not start with the host`,
          next: 'provision --limit HOSTS',
        },
      ]
    return []
  })
}

function judgeWaiting(host: HostStatus): Omit<Found, 'host'>[] {
  const found: Omit<Found, 'host'>[] = []
  if (host.heldBy !== undefined)
    found.push({
      level: 'note',
      what: `${host.heldBy.who} is provisioning it${host.heldBy.since ? `, since ${host.heldBy.since}` : ''}`,
    })
  // What is under way is not left over.
  else {
    for (const verb of host.interrupted)
      found.push({
        level: 'broken',
        what: `kubeadm ${verb} was interrupted`,
        next: 'provision --limit HOSTS, which continues it',
      })
    if (host.owedRestarts.length > 0)
      found.push({
        level: 'warning',
        what: `restarts are owed: ${host.owedRestarts.join(', ')}`,
        next: 'provision --limit HOSTS',
      })
  }
  if (host.backupTimer?.startsWith('failed'))
    found.push({
      level: 'warning',
      what: `its timer of backups ${host.backupTimer}`,
      next: 'journalctl -u provision-backup on it, or provision backup from here',
    })
  if (host.rebootRequired)
    found.push({
      level: 'note',
      what: 'its system wants a reboot',
      next: 'kubectl drain HOSTS --ignore-daemonsets, reboot it, kubectl uncordon HOSTS',
    })
  return found
}

function judgeClock(host: HostStatus): Omit<Found, 'host'>[] {
  const off = host.clockOffset ?? 0
  if (Math.abs(off) <= CLOCK) return []
  const what = `its clock is ${Math.abs(off).toFixed(1)} s ${off > 0 ? 'ahead of' : 'behind'} the machine that asks`
  return [{ level: 'warning', what, next: 'provision --limit HOSTS, which sets it by its time servers' }]
}

function judgeDisks(host: HostStatus): Omit<Found, 'host'>[] {
  const room = 'make room: `journalctl --vacuum-size=500M`, `crictl rmi --prune`, and see /var/log/pods'
  return host.disks.flatMap((disk): Omit<Found, 'host'>[] => {
    if (disk.usedPercent >= DISK_FILLING)
      return [
        {
          level: disk.usedPercent >= DISK_FULL ? 'broken' : 'warning',
          what: `${disk.mount} is ${disk.usedPercent}% full, ${formatBytes(disk.freeBytes)} left`,
          next: room,
        },
      ]
    if ((disk.inodesUsedPercent ?? 0) >= DISK_FULL)
      return [{ level: 'broken', what: `${disk.mount} has used ${disk.inodesUsedPercent}% of its inodes`, next: room }]
    return []
  })
}

function judgeCertificates(host: HostStatus): Omit<Found, 'host'>[] {
  const leaves = host.certificates.filter((each) => !each.authority)
  const expired = leaves.filter((each) => each.daysLeft < 0)
  const soon = leaves.filter((each) => each.daysLeft >= 0 && each.daysLeft < SOON)
  const stale = leaves.filter((each) => each.inUse === false)
  const authorities = host.certificates.filter((each) => each.authority && each.daysLeft < SOON_AUTHORITY)
  const renew =
    host.role === 'control-plane' ? 'provision certs renew' : 'provision certs renew, which also serves kubelets'
  const found: Omit<Found, 'host'>[] = []
  if (expired.length > 0)
    found.push({
      level: 'broken',
      what: `${plural(expired.length, 'certificate')} expired: ${labels(expired)}`,
      next: renew,
    })
  if (soon.length > 0)
    found.push({
      level: 'warning',
      what: `${plural(soon.length, 'certificate')} soon to expire: ${labels(soon)}`,
      next: renew,
    })
  if (stale.length > 0)
    found.push({
      level: 'warning',
      what: `renewed, but not in use yet: ${stale.map((each) => each.name).join(', ')}`,
      next: renew,
    })
  for (const each of authorities)
    found.push({
      level: each.daysLeft < 0 ? 'broken' : 'warning',
      what: `the CA ${each.name} ${expiry(each)}`,
      next: 'CAs are not renewed by a command: see docs/guides/certificates.md',
    })
  return found
}

/** Every run fetches a key again that has expired; whether its publisher has renewed it by then is not known here. */
function judgeSigningKeys(host: HostStatus): Omit<Found, 'host'>[] {
  return host.signingKeys
    .filter((each) => each.daysLeft < SOON)
    .map((each) => ({
      level: 'warning',
      what: `the signing key of the package repository ${each.repository} ${expiry(each)}`,
      next:
        each.daysLeft < 0
          ? 'provision --limit HOSTS, which fetches it again; where its publisher does not renew it see docs/guides/mirrors.md'
          : 'nothing yet: the first run after that fetches the renewed one',
    }))
}

function labels(certificates: readonly CertificateStatus[]): string {
  const first = Math.min(...certificates.map((each) => each.daysLeft))
  const when = expiry({ daysLeft: first })
  if (certificates.length > 3) return `the first ${when}`
  return `${certificates.map((each) => each.name).join(', ')} (${when})`
}

/** `expires in 12 days`, `expired 3 days ago`. */
export function expiry({ daysLeft }: Pick<CertificateStatus, 'daysLeft'>): string {
  // The days left are whole ones: an hour after its end they are -1.
  if (daysLeft < 0) return daysLeft === -1 ? 'expired today' : `expired ${plural(-daysLeft - 1, 'day')} ago`
  return daysLeft === 0 ? 'expires today' : `expires in ${plural(daysLeft, 'day')}`
}
