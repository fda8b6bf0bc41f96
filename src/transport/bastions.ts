import { type Attempt, type ConnectContext, connect, type SshConnection } from './connect.ts'
import { type Shared, share } from './shared.ts'
import type { Route } from './ssh-config.ts'

/** Connections to jump hosts, one for all the hosts behind it. */
export interface Bastions {
  /** The connection for this route, made when first wanted. */
  reach(route: Route, attempt: Attempt): Promise<Lease>
}

/** A share of a bastion's connection: the last one to let go closes it. */
export interface Lease {
  readonly connection: SshConnection
  release(): void
}

interface Entry {
  readonly connection: Shared<SshConnection>
  users: number
}

export function createBastions(context: ConnectContext): Bastions {
  const shared = new Map<string, Entry>()

  const start = (key: string, route: Route): Entry => {
    const forget = (): void => {
      if (shared.get(key) === entry) shared.delete(key)
    }
    const connect = async (attempt: Attempt): Promise<SshConnection> => {
      const { connection, release } = await through(route, context, attempt, bastions)
      connection.client.once('close', () => {
        forget()
        release()
      })
      return connection
    }
    const entry: Entry = { users: 0, connection: share(connect) }
    entry.connection.made.catch(forget)
    shared.set(key, entry)
    return entry
  }

  const bastions: Bastions = {
    async reach(route, attempt) {
      const key = JSON.stringify(route)
      const entry = shared.get(key) ?? start(key, route)
      entry.users += 1
      const release = async (): Promise<void> => {
        entry.users -= 1
        if (entry.users > 0) return
        if (shared.get(key) === entry) shared.delete(key)
        ;(await entry.connection.made.catch(() => undefined))?.close()
      }
      try {
        return { connection: await entry.connection.wait(attempt), release: once(() => void release()) }
      } catch (error) {
        await release()
        throw error
      }
    },
  }
  return bastions
}

/** Connects to a machine, by way of its jump hosts where it has some. `release` closes what was opened for it. */
export async function through(
  route: Route,
  context: ConnectContext,
  attempt: Attempt,
  bastions: Bastions,
): Promise<Lease> {
  if (route.via === undefined) {
    const connection = await connect(route, context, attempt)
    return { connection, release: () => connection.close() }
  }
  const bastion = await bastions.reach(route.via, attempt)
  try {
    const connection = await connect(route, context, attempt, bastion.connection.client)
    connection.client.once('close', bastion.release)
    return { connection, release: () => connection.close() }
  } catch (error) {
    bastion.release()
    throw error
  }
}

function once(action: () => void): () => void {
  let done = false
  return () => {
    if (done) return
    done = true
    action()
  }
}
