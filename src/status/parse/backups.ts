import { isPast } from '../../events/past.ts'
import type { ClusterStatus, HostStatus } from '../schema.ts'
import { numberIn, type Records } from './records.ts'

/** When an archive was made, ISO 8601; its name says so: CLUSTER-YYYYMMDD-HHMMSSZ.tar.age. Undefined where it is none. */
export function madeAt(name: string): string | undefined {
  const match = /^[A-Za-z0-9.-]+-(\d{4})(\d{2})(\d{2})-(\d{2})(\d{2})(\d{2})Z\.tar\.age$/.exec(name)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  return `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
}

/** Those that a host's timer made. */
export function readBackups(records: Records): HostStatus['backups'] {
  return records.all('backup').flatMap(([file = '', size]) => {
    const at = madeAt(file)
    return at === undefined ? [] : [{ file, at, sizeBytes: numberIn(size) ?? 0 }]
  })
}

/** The newest of all, wherever it is. `now`: ms since 1970. */
export function newestBackup(
  local: ClusterStatus['lastBackup'],
  hosts: readonly HostStatus[],
  now: number,
): ClusterStatus['lastBackup'] {
  const all = [
    ...(local ? [local] : []),
    ...hosts.flatMap(({ name, backups }) =>
      backups.filter((each) => isPast(Date.parse(each.at), now)).map((each) => ({ host: name, ...each })),
    ),
  ]
  return all.sort((one, other) => one.at.localeCompare(other.at)).at(-1)
}
