import { clean, plainStyle, plural, type Style } from '../views/style.ts'
import { table } from '../views/table.ts'
import { expiry, SOON } from './checks/hosts.ts'
import type { CertificateStatus, HostStatus } from './schema.ts'

/** The certificates of one host, and whether it answered. */
export interface HostCertificates {
  readonly name: string
  readonly state: HostStatus['state']
  readonly error?: string | undefined
  readonly certificates: readonly CertificateStatus[]
}

/** Whether every host answered and every certificate is good for a while and in use. */
export function isWell(hosts: readonly HostCertificates[]): boolean {
  const fine = (each: CertificateStatus) => each.daysLeft >= SOON && each.inUse !== false
  return hosts.every((host) => host.state === 'down' || (host.state === 'answered' && host.certificates.every(fine)))
}

/** What `provision certs` shows: the certificates of each host, CAs last. */
export function certificatesText(hosts: readonly HostCertificates[], style: Style = plainStyle): string {
  const rows = hosts.flatMap((host) =>
    [...host.certificates]
      .sort((one, other) => Number(one.authority) - Number(other.authority) || one.daysLeft - other.daysLeft)
      .map((each, index) => row(index === 0 ? host.name : '', each, style)),
  )
  const silent = hosts
    .filter((host) => host.state !== 'answered')
    .map((host) => `${host.name}: ${clean(silence(host))}`)
  const blocks = [
    rows.length === 0 ? [] : table(['HOST', 'CERTIFICATE', 'EXPIRES', 'LEFT', 'IN USE'], rows),
    silent.map((line) => style('yellow', line)),
    [verdict(hosts, style)],
  ]
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
}

function row(host: string, each: CertificateStatus, style: Style): string[] {
  const colour = each.daysLeft < 0 ? 'red' : each.daysLeft < SOON ? 'yellow' : 'green'
  const left = each.daysLeft < 0 ? expiry(each) : plural(each.daysLeft, 'day')
  const use = each.inUse === undefined ? '' : each.inUse ? 'yes' : style('red', 'not yet')
  return [host, `${each.authority ? 'CA ' : ''}${each.name}`, each.expires.slice(0, 10), style(colour, left), use]
}

function silence(host: HostCertificates): string {
  if (host.state === 'down') return 'left out: the inventory says that it is down'
  return host.error ?? 'did not answer'
}

function verdict(hosts: readonly HostCertificates[], style: Style): string {
  const leaves = hosts.flatMap((host) =>
    host.certificates.filter((each) => !each.authority).map((each) => ({ host, each })),
  )
  const first = leaves.sort((one, other) => one.each.daysLeft - other.each.daysLeft)[0]
  if (first === undefined) return style('yellow', 'no certificate was seen')
  const what = `the first, ${first.each.name} on ${first.host.name}, ${expiry(first.each)}`
  const due = leaves.some(({ each }) => each.daysLeft < SOON || each.inUse === false)
  if (due) return style('red', `${what}: provision certs renew`)
  return isWell(hosts) ? style('green', what) : style('yellow', what)
}
