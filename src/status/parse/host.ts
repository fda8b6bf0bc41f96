import type { HostStatus } from '../schema.ts'
import { readBackups } from './backups.ts'
import { endOf, readCertificates } from './certificates.ts'
import { numberIn, readRecords } from './records.ts'

/** What a host says of itself; see scripts/status/host.sh. `certificates`: what certificates.sh printed. */
export function readHost(text: string, certificates: string, now: number): Omit<HostStatus, 'name' | 'role' | 'state'> {
  const records = readRecords(text)
  const number = (kind: string, field = 0) => numberIn(records.all(kind)[0]?.[field])
  const memory = new Map(records.all('memory').map(([key = '', kilobytes]) => [key, numberIn(kilobytes)]))
  const clock = number('clock')
  return {
    ...given('clockOffset', clock === undefined ? undefined : clock / 1000),
    ...given('uptimeSeconds', number('uptime')),
    ...given('load', number('load')),
    ...given('processors', number('load', 1)),
    ...given('memoryBytes', times1024(memory.get('MemTotal'))),
    ...given('memoryAvailableBytes', times1024(memory.get('MemAvailable'))),
    disks: disksOf(records.all('disk'), records.all('inodes')),
    units: unitsOf(records.all('unit'), records.all('unit-log')),
    owedRestarts: records.all('owed').map(([mark = '']) => mark),
    interrupted: records.all('begun').map(([verb = '']) => verb),
    rebootRequired: records.has('reboot-required'),
    ...given('heldBy', holderOf(records.one('held'))),
    certificates: readCertificates(certificates, now),
    signingKeys: signingKeysOf(records.all('signing-key'), now),
    backups: readBackups(records),
    ...given('backupTimer', records.one('backup-timer')),
  }
}

/** A key that never ends is nothing to watch. */
function signingKeysOf(lines: readonly (readonly string[])[], now: number): HostStatus['signingKeys'] {
  return lines.flatMap(([repository = '', end]) => {
    const milliseconds = (numberIn(end) ?? 0) * 1000
    if (milliseconds <= 0 || milliseconds > 8.64e15) return []
    return [{ repository, ...endOf(new Date(milliseconds), now) }]
  })
}

/** One entry a file system: the same one mounted in several places is one disk to fill. */
function disksOf(sizes: readonly (readonly string[])[], inodes: readonly (readonly string[])[]): HostStatus['disks'] {
  const used = new Map(inodes.map(([mount = '', percent]) => [mount, numberIn(percent)]))
  const seen = new Map<string, HostStatus['disks'][number]>()
  for (const [mount = '', size, free, percent] of sizes) {
    const before = seen.get(`${size} ${free}`)
    if (before !== undefined && before.mount.length <= mount.length) continue
    seen.set(`${size} ${free}`, {
      mount,
      sizeBytes: times1024(numberIn(size)) ?? 0,
      freeBytes: times1024(numberIn(free)) ?? 0,
      usedPercent: numberIn(percent) ?? 0,
      ...given('inodesUsedPercent', used.get(mount)),
    })
  }
  return [...seen.values()].sort((one, other) => one.mount.localeCompare(other.mount))
}

function unitsOf(units: readonly (readonly string[])[], logs: readonly (readonly string[])[]): HostStatus['units'] {
  const seen = new Map<string, HostStatus['units'][number]>()
  const logsOf = Map.groupBy(logs, ([unit]) => unit)
  for (const [name = '', , active = '', sub = '', enabled = ''] of units) {
    const log = (logsOf.get(name) ?? []).map(([, line = '']) => line)
    seen.set(name, { name, active, sub, enabled, log })
  }
  return [...seen.values()]
}

/** The owner file is the host's: anything may stand there. */
function holderOf(text: string | undefined): HostStatus['heldBy'] {
  if (text === undefined) return undefined
  try {
    const [who, run, since] = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown[]
    const word = (value: unknown) =>
      String(value)
        .replace(/[^\x20-\x7e]/g, '?')
        .slice(0, 120)
    return { who: word(who), run: word(run), since: word(since) }
  } catch {
    return { who: 'somebody', run: '', since: '' }
  }
}

function times1024(kilobytes: number | undefined): number | undefined {
  return kilobytes === undefined ? undefined : kilobytes * 1024
}

/** A field that is left out where there is no value for it. */
function given<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value }
}
