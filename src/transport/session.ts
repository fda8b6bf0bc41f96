import { setTimeout as sleep } from 'node:timers/promises'
import { UnreachableError } from '../errors.ts'
import type { ProgramEvent } from '../events/event.ts'
import type { Link } from './link.ts'
import type { HostNotice } from './notice.ts'
import { followProgram, type Lifeline } from './program-run.ts'
import { isFinal, messageOf } from './refusal.ts'
import { fetchFile, storeFile } from './transfer.ts'
import type { HostIdentity, SendableProgram, Session, Traffic } from './transport.ts'
import { abortable, within } from './wait.ts'

/** Seconds that a lost connection may take to come back once the operator has asked to stop. */
const STOP_SECONDS = 10

/** A link whose host has introduced itself and, where a lock was asked for, is ours. */
export interface Opened {
  readonly link: Link
  readonly identity: HostIdentity
}

/** What a session needs of the world. */
export interface SessionHost {
  readonly name: string
  /** Connects, greets and locks, within the signal. */
  readonly open: (signal: AbortSignal) => Promise<Opened>
  /** Once aborted, nothing but the end of a running program is waited for. */
  readonly signal?: AbortSignal | undefined
  readonly notify: (notice: HostNotice) => void
  readonly traffic: () => Traffic
  /** Whether this session holds the host's lock, and so has to give signs of life. */
  readonly locked: boolean
  /** Seconds between signs of life. */
  readonly pingSeconds: number
  /** Seconds after which a connection is given up that was lost and over which nothing has got through since. */
  readonly patience: number
  /** It is the machine we run on. */
  readonly here: boolean
}

/** How long to try to come back, in seconds of the monotonic clock, and what to say in the end. */
interface Waiting {
  readonly from: number
  readonly patience: number
  /** Before the second attempt. */
  readonly pause: number
  readonly signal: AbortSignal
  readonly gaveUp: (reason: string) => UnreachableError
}

/** A session that survives its connection. */
export function createSession(host: SessionHost, first: Opened): Session {
  let { link, identity } = first
  let running: string | undefined
  let stopping = false
  let closed = false
  let transfers = 0
  // A program that is to stop must be told so, for which a lost connection is made again; not for as long as else.
  const afterStop = new AbortController()
  const onStop = (): void => {
    setTimeout(() => afterStop.abort(host.signal?.reason), STOP_SECONDS * 1000).unref()
  }
  host.signal?.addEventListener('abort', onStop, { once: true })
  const pings = setInterval(() => host.locked && link.send('ping'), host.pingSeconds * 1000).unref()

  /**
   * When the connection was lost after which nothing has got through, how long to pause before the next attempt, and whether
   * any since then has got as far as a session.
   */
  let trouble: { readonly since: number; pause: number; letIn: boolean } | undefined
  const seconds = (): number => performance.now() / 1000

  const notBack =
    (patience: number) =>
    (why: string): UnreachableError =>
      new UnreachableError(
        `${host.name} did not return within ${Math.round(patience)} s: ${why}`,
        'run the same command again to continue when the host is up',
      )

  /** Tries until it works, the patience is over, or the answer is final. */
  const comeBack = async (
    { from, patience, pause: first, signal, gaveUp }: Waiting,
    accept: (opened: Opened) => boolean,
    isHopeless: (error: unknown) => boolean,
  ): Promise<void> => {
    const left = (): number => from + patience - seconds()
    for (let attempt = 1, pause = first; ; attempt += 1, pause = nextPause(pause)) {
      let reason: string
      try {
        const time = AbortSignal.timeout(Math.ceil(Math.min(20, Math.max(1, left())) * 1000))
        const opened = await host.open(AbortSignal.any([time, signal]))
        if (accept(opened)) {
          link = opened.link
          identity = opened.identity
          return
        }
        opened.link.close()
        reason = 'it has not gone down yet'
      } catch (error) {
        if (signal.aborted) throw signal.reason
        if (isHopeless(error)) throw error
        reason = messageOf(error)
      }
      if (closed || left() < 0) throw gaveUp(reason)
      host.notify({ kind: 'reconnecting', attempt, reason })
      await abortable(sleep(pause * 1000), signal)
    }
  }

  const lifeline: Lifeline = {
    link: () => link,
    notify: host.notify,
    progress() {
      if (trouble === undefined) return
      host.notify({ kind: 'reconnected', seconds: Math.round(seconds() - trouble.since) })
      trouble = undefined
    },
    async reconnect(reason, waitingFor) {
      if (closed) throw new UnreachableError(`the session with ${host.name} was closed`)
      link.close()
      const signal = afterStop.signal
      const neverThrough = (why: string): UnreachableError =>
        new UnreachableError(
          `${host.name} accepts the login, but sent no data for ${Math.round(seconds() - (trouble?.since ?? 0))} s while waiting for ${waitingFor} (${why})`,
          'check whether a firewall or tunnel drops large packets (ping -M do -s 1400 ADDRESS)',
        )
      if (trouble === undefined) {
        host.notify({ kind: 'connection-lost', reason })
        trouble = { since: seconds(), pause: 0.2, letIn: false }
      } else {
        if (seconds() - trouble.since > host.patience) throw neverThrough(reason)
        host.notify({ kind: 'reconnecting', attempt: 1, reason })
        await abortable(sleep(trouble.pause * 1000), signal)
        trouble.pause = nextPause(trouble.pause)
      }
      const gaveUp = trouble.letIn ? neverThrough : notBack(host.patience)
      await comeBack(
        { from: trouble.since, patience: host.patience, pause: trouble.pause, signal, gaveUp },
        () => true,
        isFinal,
      )
      trouble.letIn = true
      if (stopping && running !== undefined) link.send(`stop ${running}`)
    },
  }

  /** Other than the name of any program. */
  const newKey = (): string => {
    transfers += 1
    return `file-${transfers}`
  }

  async function* run(program: SendableProgram): AsyncGenerator<ProgramEvent> {
    running = program.id
    stopping = false
    try {
      yield* followProgram(program, host.locked, lifeline)
    } finally {
      running = undefined
    }
  }

  return {
    get identity() {
      return identity
    },
    get traffic() {
      return host.traffic()
    },
    run,
    fetch: (path) => abortable(fetchFile(path, newKey(), lifeline), host.signal),
    store: (upload) => abortable(storeFile(upload, newKey(), lifeline), host.signal),
    async stop() {
      stopping = true
      if (running !== undefined) link.send(`stop ${running}`)
    },
    async reboot(deadline) {
      if (host.here) {
        throw new UnreachableError(
          `${host.name} requires a reboot, and provision runs on it`,
          'reboot it manually, and run the same command again to continue',
        )
      }
      const before = identity.bootId
      link.send('reboot')
      const signal = host.signal ?? new AbortController().signal
      await abortable(within(link.ended, Math.min(60, deadline)), signal)
      link.close()
      const began = seconds()
      // While it goes down and comes up everything may fail, even the login (pam_nologin); only a lock is final.
      await comeBack(
        { from: began, patience: deadline, pause: 0.2, signal, gaveUp: notBack(deadline) },
        (opened) => opened.identity.bootId !== before,
        (error) => isFinal(error, 'rebooting'),
      )
      host.notify({ kind: 'reconnected', seconds: Math.round(seconds() - began) })
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(pings)
      host.signal?.removeEventListener('abort', onStop)
      link.send('bye')
      await within(link.ended, 5)
      link.close()
    },
  }
}

function nextPause(pause: number): number {
  return Math.min(pause * 2, 8)
}
