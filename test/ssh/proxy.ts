import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy that misbehaves when asked to. */
export interface FaultyProxy {
  readonly port: number
  /** Resets all connections of now. */
  reset(): void
  /** Lets no byte through any more on the connections of now, and tells nobody. */
  silence(): void
  /** Resets the next connection once so many bytes have gone to the server. */
  cutAfter(bytes: number): void
  /** Takes no connections, as a host that is down. */
  refuse(yes: boolean): void
  readonly accepted: number
  stop(): Promise<void>
}

/** @param delay milliseconds that every piece takes, each way */
export async function startProxy(target: number, delay = 0): Promise<FaultyProxy> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let accepted = 0
  let limit = Number.POSITIVE_INFINITY
  let refusing = false

  const server = createServer((client) => {
    if (refusing) return client.resetAndDestroy()
    accepted += 1
    const upstream = connect({ host: '127.0.0.1', port: target, noDelay: true })
    const pair = [client, upstream] as const
    let left = limit
    limit = Number.POSITIVE_INFINITY
    pairs.add(pair)
    const drop = (): void => {
      pairs.delete(pair)
      client.resetAndDestroy()
      upstream.resetAndDestroy()
    }
    forward(client, upstream, (bytes) => {
      left -= bytes.length
      if (left < 0) drop()
      return left >= 0
    })
    forward(upstream, client, () => true)
  })
  const forward = (from: Socket, to: Socket, pass: (bytes: Buffer) => boolean): void => {
    from.on('data', (bytes) => {
      if (!pass(bytes)) return
      if (delay === 0) to.write(bytes)
      else setTimeout(() => to.write(bytes), delay)
    })
    from.on('error', () => to.destroy())
    from.on('close', () => to.end())
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  return {
    port: (server.address() as { port: number }).port,
    reset() {
      for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
      pairs.clear()
    },
    silence() {
      for (const pair of pairs) for (const socket of pair) socket.removeAllListeners('data').resume()
    },
    cutAfter(bytes) {
      limit = bytes
    },
    refuse(yes) {
      refusing = yes
    },
    get accepted() {
      return accepted
    },
    async stop() {
      for (const pair of pairs) for (const socket of pair) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
