import { createServer, type Server, type Socket } from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import { UserError } from '../errors.ts'
import { createAttempt } from './attempt.ts'
import type { Attempt, SshConnection } from './connect.ts'
import type { HostNotice } from './notice.ts'
import { messageOf } from './refusal.ts'
import { type Shared, share } from './shared.ts'
import { LostError, openForward, openSocket } from './socket.ts'
import type { Forward, ForwardOptions } from './transport.ts'

/** What leads from here to an address as a host sees it. */
export interface Way {
  /** A new connection to the address. Throws UnreachableError, UserError, or the signal's reason. */
  open(attempt: Attempt): Promise<Duplex>
  close(): void
}

/** From the machine we run on there is no way to go. */
export function straight(address: string, port: number): Way {
  return { open: async ({ signal }) => (await openSocket(address, port, signal)).stream, close: () => {} }
}

/** By way of the host, over one SSH connection for all: made when first wanted, and again once it is lost. */
export function byHost(
  host: string,
  address: string,
  port: number,
  connect: (attempt: Attempt) => Promise<SshConnection>,
): Way {
  let shared: Shared<SshConnection> | undefined
  const forget = (one: Shared<SshConnection>): void => {
    if (shared === one) shared = undefined
  }
  const connection = (): Shared<SshConnection> => {
    if (shared !== undefined) return shared
    const own = share(connect)
    own.made.then(
      (one) => one.onClose(() => forget(own)),
      () => forget(own),
    )
    shared = own
    return own
  }
  return {
    async open(attempt) {
      for (;;) {
        const own = connection()
        const { client } = await own.wait(attempt)
        attempt.stage(`${address}:${port} through ${host}`)
        try {
          return (await openForward(client, address, port, `through ${host}`, attempt.signal)).stream
        } catch (error) {
          if (!(error instanceof LostError)) throw error
          forget(own)
        }
      }
    },
    close: () => void shared?.made.then((one) => one.close()).catch(() => {}),
  }
}

/**
 * Has connections to a port of this machine's loopback go that way. The way is tried once, before anybody is told of the
 * port. Throws UserError where the port is not to be had, and what opening the way throws.
 */
export async function listen(
  way: Way,
  options: ForwardOptions,
  notify: (notice: HostNotice) => void,
): Promise<Forward> {
  const connect = async (): Promise<Duplex> => {
    const attempt = createAttempt(AbortSignal.timeout(options.timeout * 1000), notify)
    try {
      return await way.open(attempt.hooks)
    } catch (error) {
      throw attempt.explain(error)
    }
  }
  const open = new Set<Socket>()
  // Who has said all it has to say still wants to hear the answer.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => {}) // told by its close
    connect().then(
      (stream) => pipeline(socket, stream, socket, () => {}),
      (error) => {
        options.onFailure?.(error)
        socket.destroy()
      },
    )
  })
  const close = (): void => {
    server.close()
    for (const socket of open) socket.destroy()
    way.close()
  }
  try {
    const tried = await connect()
    tried.on('error', () => {}).destroy()
    return { port: await bind(server, options.port), close }
  } catch (error) {
    close()
    throw error
  }
}

function bind(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use' : `is not available: ${messageOf(error)}`
      reject(new UserError(`port ${port} of this machine ${why}`, 'use another port, or omit it to use a free one'))
    })
    server.listen({ host: '127.0.0.1', port }, () => resolve((server.address() as { port: number }).port))
  })
}
