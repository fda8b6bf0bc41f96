import { UserError } from '../errors.ts'
import { type Agent, askAgent } from './agent.ts'
import { createAttempt } from './attempt.ts'
import { createBastions, through } from './bastions.ts'
import type { ConnectContext, Connection } from './connect.ts'
import { byHost, listen, straight } from './forward.ts'
import { createGate } from './gate.ts'
import { openHere } from './here.ts'
import { createHostKeys } from './host-keys.ts'
import { introduction } from './introduction.ts'
import { openLink } from './link.ts'
import { sessionScript } from './load.ts'
import { takeLock } from './lock.ts'
import type { HostNotice, Notice } from './notice.ts'
import { createSession, type Opened } from './session.ts'
import { createSshConfig } from './ssh-client.ts'
import { type Route, resolveRoute } from './ssh-config.ts'
import type { Forwarder, OpenOptions, Target, Traffic, Transport } from './transport.ts'
import { abortable } from './wait.ts'

export interface SshOptions {
  /** Where host keys are pinned: `.provision/CLUSTER/known_hosts` beside the inventory. */
  readonly knownHostsFile: string
  /** Handshakes under way at the same time; 8. */
  readonly maxHandshakes?: number
  readonly onNotice?: (notice: Notice) => void
  /** Seconds between keepalives and signs of life; 10. A connection is dead after three without an answer. */
  readonly keepalive?: number
  /** Seconds after which a lost connection is given up; 120. */
  readonly patience?: number
  /** Instead of `~/.ssh/config` and the machine's, as with `ssh -F`. */
  readonly sshConfigFile?: string
}

/** A transport over SSH, or to the machine we run on: one connection and one exec a host. */
export function createSshTransport(options: SshOptions): Transport & Forwarder {
  const config = createSshConfig(options.sshConfigFile)
  const agents = new Map<string | undefined, Promise<Agent | undefined>>()
  const keepalive = options.keepalive ?? 10
  const context: ConnectContext = {
    gate: createGate(options.maxHandshakes ?? 8),
    hostKeys: createHostKeys(options.knownHostsFile),
    agent: (socket) => {
      const asked = agents.get(socket) ?? askAgent(socket)
      agents.set(socket, asked)
      return asked
    },
    keepalive,
  }
  const bastions = createBastions(context)

  const notifier = (target: Target) => (notice: HostNotice) =>
    options.onNotice?.({ host: target.name, ...notice } as Notice)
  const told = new Set<string>()
  const routeTo = async (target: Target): Promise<Route | undefined> => {
    if (target.connection === 'local') return undefined
    return resolveRoute(target, config, (keyword, value) => {
      if (!told.has(keyword)) notifier(target)({ kind: 'ssh-setting-unknown', keyword, value })
      told.add(keyword)
    })
  }

  return {
    async check(targets) {
      const problems = (await Promise.allSettled(targets.map(routeTo))).flatMap((one) => {
        if (one.status === 'fulfilled') return []
        if (one.reason instanceof UserError) return one.reason.problems
        throw one.reason
      })
      if (problems.length > 0) throw new UserError([...new Map(problems.map((each) => [each.message, each])).values()])
    },

    async open(target, { lock, undertaking, onGreeting, timeout, signal }) {
      const notify = notifier(target)
      const counters = createCounters()
      const limit = AbortSignal.any([AbortSignal.timeout(timeout * 1000), ...(signal ? [signal] : [])])
      const begun = createAttempt(limit, notify)
      begun.hooks.stage('the ssh configuration of the host')
      const route = await abortable(routeTo(target), limit).catch((error: unknown) => {
        throw begun.explain(error)
      })

      const open = async (within: AbortSignal): Promise<Opened> => {
        const attempt = createAttempt(within, notify)
        try {
          const connection =
            route === undefined ? openHere() : (await through(route, context, attempt.hooks, bastions)).connection
          counters.add(connection)
          return await greet(connection, target, { lock, undertaking, onGreeting }, attempt)
        } catch (error) {
          throw attempt.explain(error)
        }
      }

      const first = await open(limit)
      return createSession(
        {
          name: target.name,
          open,
          signal,
          notify,
          traffic: counters.read,
          locked: lock !== undefined,
          pingSeconds: keepalive,
          patience: options.patience ?? 120,
          here: route === undefined,
        },
        first,
      )
    },

    async forward(target, wanted) {
      const route = await routeTo(target)
      const { address, port } = wanted.to
      const way =
        route === undefined
          ? straight(address, port)
          : byHost(target.name, address, port, async (attempt) => {
              return (await through(route, context, attempt, bastions)).connection
            })
      return listen(way, wanted, notifier(target))
    },
  }

  /** Starts the session script on a connection, and takes the lock. Closes the connection where that fails. */
  async function greet(
    connection: Connection,
    target: Target,
    { lock, undertaking, onGreeting }: Pick<OpenOptions, 'lock' | 'undertaking' | 'onGreeting'>,
    attempt: ReturnType<typeof createAttempt>,
  ): Promise<Opened> {
    const { signal } = attempt.hooks
    try {
      attempt.hooks.stage(`the start of a command on ${target.name}`)
      const begin = async (): Promise<Opened> => {
        const link = await openLink(connection, sessionScript(), target.sudoPassword)
        const identity = await introduction(link, target, attempt.hooks)
        onGreeting?.(identity)
        attempt.hooks.stage('its lock')
        if (lock !== undefined) await takeLock(link, target.name, lock, undertaking, attempt.hooks.notify)
        return { link, identity }
      }
      return await abortable(begin(), signal)
    } catch (error) {
      connection.close()
      throw signal.aborted ? signal.reason : error
    }
  }
}

function createCounters() {
  const connections: Connection[] = []
  return {
    add(connection: Connection): void {
      connections.push(connection)
    },
    /** Every connection carries exactly one exec. */
    read(): Traffic {
      const sum = (of: (connection: Connection) => number): number =>
        connections.reduce((total, each) => total + of(each), 0)
      return {
        connections: connections.length,
        execs: connections.length,
        bytesSent: sum((each) => each.sent()),
        bytesReceived: sum((each) => each.received()),
      }
    },
  }
}
