import { setTimeout as sleep } from 'node:timers/promises'
import { UnreachableError } from '../errors.ts'
import type { ProgramEvent } from '../events/event.ts'
import type { Link } from './link.ts'
import type { HostNotice } from './notice.ts'
import { followProgram, type Lifeline } from './program-run.ts'
import { isFinal, messageOf } from './refusal.ts'
import { fetchFile, storeFile } from './transfer.ts'
import type { HostIdentity, SendableProgram, Session, Traffic } from './transport.ts'

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
  readonly notify: (notice: HostNotice) => void
  readonly traffic: () => Traffic
  /** Whether this session holds the host's lock, and so has to give signs of life. */
  readonly locked: boolean
  /** Seconds between signs of life. */
  readonly pingSeconds: number
  /** Seconds after which a lost connection is given up. */
  readonly patience: number
  /** It is the machine we run on. */
  readonly here: boolean
}

/** A session that survives its connection. */
export function createSession(host: SessionHost, first: Opened): Session {
  let { link, identity } = first
  let running: string | undefined
  let stopping = false
  let closed = false
  let transfers = 0
  const pings = setInterval(() => host.locked && link.send('ping'), host.pingSeconds * 1000).unref()

  /** Tries until it works, the patience is over, or the answer is final. */
  const comeBack = async (
    patience: number,
    accept: (opened: Opened) => boolean,
    isHopeless: (error: unknown) => boolean,
  ): Promise<void> => {
    const began = performance.now()
    const gone = (): number => (performance.now() - began) / 1000
    for (let attempt = 1, pause = 0.2; ; attempt += 1, pause = Math.min(pause * 2, 8)) {
      let reason: string
      try {
        const opened = await host.open(
          AbortSignal.timeout(Math.ceil(Math.min(20, Math.max(1, patience - gone())) * 1000)),
        )
        if (accept(opened)) {
          link = opened.link
          identity = opened.identity
          return host.notify({ kind: 'reconnected', seconds: Math.round(gone()) })
        }
        opened.link.close()
        reason = 'it has not gone down yet'
      } catch (error) {
        if (isHopeless(error)) throw error
        reason = messageOf(error)
      }
      if (closed || gone() > patience) {
        throw new UnreachableError(
          `${host.name} did not come back within ${Math.round(patience)} s: ${reason}`,
          'once it does, run the same command again: it goes on from there',
        )
      }
      host.notify({ kind: 'reconnecting', attempt, reason })
      await sleep(pause * 1000)
    }
  }

  const lifeline: Lifeline = {
    link: () => link,
    notify: host.notify,
    async reconnect(reason) {
      if (closed) throw new UnreachableError(`the session with ${host.name} was closed`)
      host.notify({ kind: 'connection-lost', reason })
      link.close()
      await comeBack(host.patience, () => true, isFinal)
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
    fetch: (path) => fetchFile(path, newKey(), lifeline),
    store: (upload) => storeFile(upload, newKey(), lifeline),
    async stop() {
      stopping = true
      if (running !== undefined) link.send(`stop ${running}`)
    },
    async reboot(deadline) {
      if (host.here) {
        throw new UnreachableError(
          `${host.name} is to be rebooted, and is the machine that provision runs on`,
          'reboot it by hand, and run the same command again: it goes on from there',
        )
      }
      const before = identity.bootId
      link.send('reboot')
      await lostWithin(link, Math.min(60, deadline))
      link.close()
      // While it goes down and comes up everything may fail, even the login (pam_nologin); only a lock is final.
      await comeBack(
        deadline,
        (opened) => opened.identity.bootId !== before,
        (error) => isFinal(error, 'rebooting'),
      )
    },
    async close() {
      if (closed) return
      closed = true
      clearInterval(pings)
      link.send('bye')
      await lostWithin(link, 5)
      link.close()
    },
  }
}

/** Waits for the link's end; gives up quietly. */
async function lostWithin(link: Link, seconds: number): Promise<void> {
  const enough = new AbortController()
  await Promise.race([link.ended, sleep(seconds * 1000, undefined, { signal: enough.signal }).catch(() => {})])
  enough.abort()
}
