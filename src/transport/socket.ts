import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { UnreachableError } from '../errors.ts'
import { forwardError, messageOf, socketError } from './refusal.ts'

/** A stream to a machine, and how many bytes went each way on it. */
export interface Pipe {
  readonly stream: Duplex
  readonly sent: () => number
  readonly received: () => number
  /** To be called once the stream has its reader: counting before would read what is meant for that one. */
  readonly count: () => void
}

/** Opens a TCP connection. Throws UnreachableError, or the signal's reason. */
export function openSocket(address: string, port: number, signal: AbortSignal, family?: 4 | 6): Promise<Pipe> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const socket = connect({ host: address, port, noDelay: true, ...(family && { family }) })
    // Not the socket's own `signal` option: that one goes on to end a connection that has long been made.
    const stop = (): void => void socket.destroy(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    const fail = (error: Error): void => {
      signal.removeEventListener('abort', stop)
      reject(signal.aborted ? signal.reason : socketError(error, `${address}:${port}`))
    }
    socket.once('error', fail)
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop)
      socket.off('error', fail)
      // Between here and ssh2's own listener an error must not end the process.
      socket.on('error', () => {})
      resolve({ stream: socket, sent: () => socket.bytesWritten, received: () => socket.bytesRead, count: () => {} })
    })
  })
}

/** The connection by way of which another was to be opened is no more, and has not said so yet. */
export class LostError extends UnreachableError {}

/**
 * Opens a stream to a machine by way of another. Throws UnreachableError, LostError among them, or the signal's reason.
 * @param way what the other is called: `by way of the jump host`
 */
export function openForward(
  between: Client,
  address: string,
  port: number,
  way: string,
  signal: AbortSignal,
): Promise<Pipe> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      between.forwardOut('127.0.0.1', 0, address, port, (error, channel) => {
        signal.removeEventListener('abort', stop)
        if (error) return reject(forwardError(error, `${address}:${port} ${way}`))
        if (signal.aborted) return channel.destroy()
        resolve(counted(channel))
      })
    } catch (error) {
      signal.removeEventListener('abort', stop)
      reject(new LostError(`no connection to ${address}:${port} ${way}: ${messageOf(error)}`))
    }
  })
}

/** A forwarded channel does not count by itself. */
function counted(stream: Duplex): Pipe {
  let sent = 0
  let received = 0
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    sent += chunk.length
    return write(chunk, ...rest)
  }
  const count = (): void => {
    stream.on('data', (chunk: Buffer) => {
      received += chunk.length
    })
  }
  return { stream, sent: () => sent, received: () => received, count }
}
