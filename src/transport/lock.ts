import { LockedError, ProtocolError, UnreachableError } from '../errors.ts'
import type { Link } from './link.ts'
import type { HostNotice } from './notice.ts'
import type { Operator } from './transport.ts'
import { decodeUndertaking, encodeUndertaking, type Part, unfinishedError } from './undertaking.ts'

/**
 * Takes a host for a run, and leaves on it what the run is a part of. Throws LockedError, naming who has the host, or the
 * restore or rebuild that has not ended there.
 */
export async function takeLock(
  link: Link,
  host: string,
  operator: Operator,
  part: Part | 'any' | undefined,
  notify: (notice: HostNotice) => void,
): Promise<void> {
  const words = part === undefined || part === 'any' ? [part] : [encodeUndertaking(part), part.instead?.join(',')]
  link.send(['lock', encode(operator), ...words].join(' '))
  for (;;) {
    const item = await link.inbox.next()
    if (item.kind === 'lost') throw new UnreachableError(`connection lost while taking its lock (${item.reason})`)
    if (item.kind === 'journal') continue
    const [kind, owner = '-', silent = '0'] = item.words
    if (kind === 'locked-ok') return
    if (kind === 'taken')
      notify({ kind: 'lock-taken', who: decode(owner)?.who ?? 'somebody', silentSeconds: Number(silent) })
    else if (kind === 'locked') throw new LockedError(describe(host, decode(owner), Number(silent)))
    else if (kind === 'unfinished') throw unfinishedError(decodeUndertaking(owner), host)
    else if (kind === 'unnoted')
      throw new UnreachableError(
        'the start of this operation cannot be recorded in /var/lib/provision',
        'check whether the disk is full or read-only',
      )
    else throw new ProtocolError(`unexpected answer to lock: ${kind}`)
  }
}

function describe(host: string, owner: Operator | undefined, silent: number): string {
  if (owner === undefined) return `${host} is locked by another run`
  return `${host} is locked by ${owner.who} since ${owner.since} (run ${owner.run}, last heartbeat ${silent} s ago)`
}

function encode(operator: Operator): string {
  return Buffer.from(JSON.stringify([operator.who, operator.run, operator.since])).toString('base64')
}

/** The owner file is the host's: anything may stand there. */
function decode(text: string): Operator | undefined {
  try {
    const [who, run, since] = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown[]
    return { who: printable(who), run: printable(run), since: printable(since) }
  } catch {
    return undefined
  }
}

function printable(value: unknown): string {
  return String(value)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 120)
}
