import type { Duplex, Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import ssh2, { type AuthHandlerMiddleware, type Client, type ConnectConfig } from 'ssh2'
import { bounds } from '../events/host-words.ts'
import type { Agent } from './agent.ts'
import { credentials } from './auth.ts'
import { execError, handshakeError, noSshdError } from './connect-error.ts'
import { type FirstLine, listenForFirstLine } from './first-line.ts'
import type { Gate } from './gate.ts'
import type { HostKeys } from './host-keys.ts'
import { createLogin, type Login } from './login.ts'
import type { HostNotice } from './notice.ts'
import { DroppedError, dropHint } from './refusal.ts'
import { openForward, openSocket, type Pipe } from './socket.ts'
import type { Route } from './ssh-config.ts'
import { onLoginFailure } from './ssh2-internals.ts'
import { abortable } from './wait.ts'

/** What a session script talks through: both directions of a channel over SSH, or of a child of ours. */
export interface Channel extends Duplex {
  readonly stderr: Readable
}

/** A way to one host, open: an authenticated SSH connection, or this machine itself. */
export interface Connection {
  /** Starts a command line of a login shell. Called once. */
  exec(command: string): Promise<Channel>
  onClose(listener: () => void): void
  readonly sent: () => number
  readonly received: () => number
  /** What ended it, once something did. */
  readonly failure: () => string | undefined
  close(): void
}

/** An SSH connection, through which others can be made. */
export interface SshConnection extends Connection {
  readonly client: Client
}

/** What connecting needs beside the route; the same for all hosts. */
export interface ConnectContext {
  readonly gate: Gate
  readonly hostKeys: HostKeys
  /** Asks the agent at a socket, once a run. */
  readonly agent: (socket: string | undefined) => Promise<Agent | undefined>
  /** Seconds between keepalives; three unanswered ones mean that the connection is dead. */
  readonly keepalive: number
}

export interface Attempt {
  readonly signal: AbortSignal
  /** What is being waited for, and what to do about it, for the message should it take too long. */
  readonly stage: (stage: string, hint?: string) => void
  readonly notify: (notice: HostNotice) => void
}

/** Agents of which somebody has been told that they do not answer. */
const told = new WeakSet<Agent>()

/**
 * Connects and authenticates. Not too many at once, and again after being dropped early, since sshd drops bursts.
 * Throws RefusedError, UnreachableError, UserError, or the signal's reason.
 */
export async function connect(
  route: Route,
  context: ConnectContext,
  attempt: Attempt,
  bastion?: Client,
): Promise<SshConnection> {
  // Once dropped, that is what is told in the end, wherever the attempt after it has got to.
  let early = attempt.stage
  for (let pause = 100; ; pause = Math.min(pause * 2, 3000)) {
    early('a free handshake slot')
    const leave = await context.gate.enter(attempt.signal)
    try {
      return await connectOnce(route, context, attempt, early, bastion)
    } catch (error) {
      if (!(error instanceof DroppedError) || attempt.signal.aborted) throw error
      attempt.stage(`${route.address}:${route.port}, which closes connections before the SSH handshake`, dropHint)
      early = () => {}
    } finally {
      leave()
    }
    // Spread out, or all who were dropped together come back together.
    await abortable(sleep(pause * (0.5 + Math.random())), attempt.signal)
  }
}

async function connectOnce(
  route: Route,
  context: ConnectContext,
  attempt: Attempt,
  early: Attempt['stage'],
  bastion?: Client,
): Promise<SshConnection> {
  const { signal } = attempt
  const where = `${route.address}:${route.port}`
  early('the ssh-agent of this machine')
  const agent = await abortable(context.agent(route.agent), signal)
  if (agent?.silent !== undefined && !told.has(agent)) {
    told.add(agent)
    attempt.notify({ kind: 'agent-silent', socket: agent.silent })
  }
  const login = createLogin(credentials(route, agent))
  early(`a connection to ${where}`)
  const pipe = bastion
    ? await openForward(bastion, route.address, route.port, 'through the jump host', signal)
    : await openSocket(route.address, route.port, signal, route.family)
  early(`the SSH handshake with ${where}`)
  const { kex, cipher, hmac } = route.algorithms
  const serverHostKey = context.hostKeys.algorithms(route.address, route.port, route)
  let refused: unknown
  let shaken = false
  const config: ConnectConfig = {
    sock: pipe.stream as NonNullable<ConnectConfig['sock']>,
    username: route.user,
    readyTimeout: 0, // the signal is the only clock
    keepaliveInterval: context.keepalive * 1000,
    keepaliveCountMax: 3,
    algorithms: { kex, cipher, hmac, serverHostKey } as NonNullable<ConnectConfig['algorithms']>,
    hostVerifier: (key: Buffer) => {
      try {
        context.hostKeys.verify(route.address, route.port, key, route.hostKeys, attempt.notify, route)
        return true
      } catch (error) {
        refused = error
        return false
      }
    },
  }
  let first: FirstLine | undefined
  const said: string[] = []
  const watch: Watch = {
    begun() {
      pipe.count()
      first = listenForFirstLine(pipe.stream)
    },
    shaken() {
      shaken = true
      attempt.stage(`the login of ${route.user} at ${where}`)
    },
    said(text) {
      if (said.length < bounds.said) said.push(...text.slice(0, bounds.answer).split('\n'))
    },
  }
  try {
    return await abortable(handshake(config, pipe, signal, watch, login), signal)
  } catch (error) {
    pipe.stream.destroy()
    if (refused !== undefined) throw refused
    if (signal.aborted) throw signal.reason
    const line = first?.text()
    throw line === undefined ? handshakeError(error, shaken, route, login, said) : noSshdError(where, line)
  }
}

/** Who gets to know how far a handshake is. */
interface Watch {
  /** The stream has its reader. */
  begun(): void
  /** Keys are exchanged. */
  shaken(): void
  /** A banner: what sshd, or PAM by it, says to whom it does not know yet. */
  said(text: string): void
}

async function handshake(
  config: ConnectConfig,
  pipe: Pipe,
  signal: AbortSignal,
  watch: Watch,
  login: Login,
): Promise<SshConnection> {
  const client = new ssh2.Client()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let failure: string | undefined
  // Stays: without one a reset would end this process.
  client.on('error', (error) => {
    // Then the next way is tried.
    if (error.level === 'agent') return login.unsigned(error.message)
    failure ??= error.message
    reject(error)
  })
  client.on('ready', resolve)
  client.on('close', () => reject(new Error('without a message')))
  client.on('handshake', watch.shaken)
  client.on('banner', watch.said)
  const authHandler = ((_left, _partial, next) => next(login.next(() => client) as never)) as AuthHandlerMiddleware
  client.connect({ ...config, authHandler })
  onLoginFailure(client, login.refused)
  watch.begun()
  const abort = (): void => {
    pipe.stream.destroy()
  }
  signal.addEventListener('abort', abort, { once: true })
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', abort)
  }
  return {
    client,
    exec: (command) =>
      new Promise((resolve, reject) => {
        client.exec(command, (error, opened) => (error ? reject(execError(error)) : resolve(opened as Channel)))
      }),
    onClose(listener) {
      client.on('close', listener)
    },
    sent: pipe.sent,
    received: pipe.received,
    failure: () => failure,
    close() {
      client.end()
      // A silent network never answers the goodbye, and a socket left open would keep the process alive.
      setTimeout(() => pipe.stream.destroy(), 1000).unref()
    },
  }
}
