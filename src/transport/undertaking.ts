import { LockedError } from '../errors.ts'
import { restoreId } from '../modules/etcd/etcd-restore.ts'

/** A restore or rebuild of a cluster that was begun and has not ended; hosts and the operator's machine remember it. */
export interface Undertaking {
  readonly verb: 'restore' | 'rebuild'
  /** Its name on all hosts. */
  readonly id: string
  /** ISO 8601, UTC. */
  readonly since: string
  /** user@machine, or empty where that is not known. */
  readonly by: string
}

/** What a run is a part of. `instead`: others whose place it takes, as hosts keep them, since the operator has agreed to that. */
export interface Part extends Undertaking {
  readonly instead?: readonly string[] | undefined
}

/** As hosts keep it: one word. */
export function encodeUndertaking({ verb, id, since, by }: Undertaking): string {
  return Buffer.from(JSON.stringify([verb, id, since, by])).toString('base64')
}

/** Reads what a host keeps. It is the host's text: anything may stand there. Undefined where it cannot be understood. */
export function decodeUndertaking(text: string): Undertaking | undefined {
  try {
    const [verb, id, since, by] = JSON.parse(Buffer.from(text.slice(0, 1000), 'base64').toString('utf8')) as unknown[]
    if (verb !== 'restore' && verb !== 'rebuild') return undefined
    return { verb, id: restoreId.parse(String(id)), since: printable(since), by: printable(by) }
  } catch {
    return undefined
  }
}

/** One line: which, since when, by whom. */
export function undertakingText({ verb, id, since, by }: Undertaking): string {
  return `a ${verb} was begun ${since}${by === '' ? '' : ` by ${by}`} and has not ended (${id})`
}

/**
 * Why nothing else is done meanwhile, and the two ways out.
 * @param where who remembers it: a host, or a file of this machine
 * @param command what goes on with it where it was begun
 */
export function unfinishedError(undertaking: Undertaking | undefined, where: string, command?: string): LockedError {
  if (undertaking === undefined) {
    return new LockedError(
      `${where}: a restore or rebuild has not ended, and its record cannot be read`,
      'run `provision rebuild --abandon` to give it up; the command first shows the state of the hosts',
    )
  }
  const { verb, by } = undertaking
  const own = command ?? `provision ${verb}${verb === 'restore' ? ' FILE' : ''}`
  const there = command === undefined && by !== '' ? ` as ${by}` : ''
  return new LockedError(
    `${where}: ${undertakingText(undertaking)}`,
    `run \`${own}\`${there} to continue it, or \`provision ${verb} --abandon\` to give it up`,
  )
}

function printable(value: unknown): string {
  return String(value)
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 120)
}
