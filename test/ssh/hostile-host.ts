import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import ssh2, { type AuthContext, type Connection, type ServerChannel, type Session } from 'ssh2'

/** What one program of a run asks of a host. */
export interface Asked {
  readonly id: string
  readonly nonce: string
  /** Ids of its tasks. */
  readonly tasks: readonly string[]
  /** Name of a value to the task that gives it. */
  readonly outputs: ReadonlyMap<string, string>
}

/** How a host answers; where nothing is said, as a good one. */
export interface Behaviour {
  /** Before SSH begins: the whole of what it says. */
  readonly raw?: (socket: Socket) => void
  readonly greeting?: string
  readonly banner?: string
  readonly authentication?: (context: AuthContext) => void
  readonly session?: (accept: () => Session, reject: () => void, client: Connection) => void
  readonly exec?: (channel: ServerChannel, client: Connection) => void
  readonly hello?: (says: Says) => void
  readonly lock?: (says: Says) => void
  readonly run?: (says: Says, asked: Asked) => void
  readonly follow?: (says: Says, id: string, offset: string) => void
  readonly give?: (says: Says, key: string, offset: string) => void
}

export interface Says {
  readonly channel: ServerChannel
  readonly client: Connection
  out(text: string | Uint8Array): void
  err(text: string): void
  /** Writes this over and over, as fast as it is read, up to so many bytes. */
  flood(piece: string | Uint8Array, bytes: number, stderr?: boolean): void
}

export const greetings = `%hello v1 id=debian like= version=13 codename=trixie arch=x86_64 init=systemd boot=b hostname=h missing= time=${Date.now() / 1000}\n`

/** A good host's journal of a program, and the frames it is made of. */
export const frame = (asked: Asked, text: string): string => `@${asked.nonce} ${text}\n`
export const value = (asked: Asked, name: string, text: string): string =>
  [
    ...(Buffer.from(text)
      .toString('base64')
      .match(/.{1,700}/g) ?? []),
    '',
  ]
    .map((piece) => frame(asked, `output ${name} ${piece}`.trimEnd()))
    .join('')
export const journal = (asked: Asked): string =>
  `%journal ${asked.id} 0\n${frame(asked, `begin ${asked.tasks.length}`)}`
export function honest(asked: Asked): string {
  const values: Readonly<Record<string, string>> = {
    joined: 'joined',
    supportFiles: '/var/lib/files',
    joinToken: 'abcdef.0123456789abcdef',
  }
  const outputs = new Map([...asked.outputs].map(([name, task]) => [task, name]))
  const tasks = asked.tasks.map((task) => {
    const name = outputs.get(task)
    return frame(asked, `ok ${task}`) + (name === undefined ? '' : value(asked, name, values[name] ?? 'fine'))
  })
  return `${journal(asked)}${tasks.join('')}${frame(asked, 'end done')}`
}

const file = Buffer.from('of a host')

/** An SSH server on loopback that answers so. Returns its port and how to end it. */
export async function serve(behaviour: Behaviour, hostKey: string): Promise<{ port: number; close: () => void }> {
  const sockets = new Set<Socket>()
  const server = new ssh2.Server(
    {
      hostKeys: [readFileSync(hostKey)],
      ...(behaviour.greeting && { greeting: behaviour.greeting }),
      ...(behaviour.banner && { banner: behaviour.banner }),
    },
    (client) => {
      client.on('error', () => {})
      client.on('authentication', behaviour.authentication ?? ((context) => context.accept()))
      client.on('session', (accept, reject) => {
        if (behaviour.session) return behaviour.session(accept as () => Session, reject as () => void, client)
        accept().on('exec', (acceptExec, _reject, { command }) => {
          const channel = acceptExec()
          channel.on('error', () => {})
          if (behaviour.exec) behaviour.exec(channel, client)
          else converse(channel, client, behaviour, Number(/dd bs=(\d+)/.exec(command)?.[1]))
        })
      })
    },
  )
  const listener = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (behaviour.raw) behaviour.raw(socket)
    else server.injectSocket(socket as never)
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return {
    port: (listener.address() as { port: number }).port,
    close: () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
    },
  }
}

/** The session script's side of the protocol. */
function converse(channel: ServerChannel, client: Connection, behaviour: Behaviour, scriptSize: number): void {
  const says: Says = {
    channel,
    client,
    out: (text) => void channel.write(text),
    err: (text) => void channel.stderr.write(text),
    flood(piece, bytes, stderr = false) {
      const stream = stderr ? channel.stderr : channel
      let left = bytes
      const go = (): void => {
        while (left > 0 && !channel.destroyed) {
          left -= piece.length
          if (!stream.write(piece)) return void stream.once('drain', go)
        }
      }
      go()
    },
  }
  let rest = Buffer.alloc(0)
  let body: { size: number; take: (bytes: Buffer) => void } | undefined
  const verbs: Readonly<Record<string, (words: readonly string[]) => void>> = {
    'session-script': () => {
      body = {
        size: scriptSize,
        take: () => (behaviour.hello ?? (() => says.err(greetings.replace('boot=b', `boot=${randomUUID()}`))))(says),
      }
    },
    lock: () => (behaviour.lock ?? (() => says.err('%locked-ok\n')))(says),
    run: ([id = '', , size]) => {
      body = {
        size: Number(size),
        take: (bytes) => {
          const asked = askedBy(id, gunzipSync(bytes).toString('utf8'))
          if (behaviour.run) behaviour.run(says, asked)
          else says.out(honest(asked))
        },
      }
    },
    follow: ([id = '', offset = '0']) => behaviour.follow?.(says, id, offset),
    give: ([key = '', offset = '0']) => {
      if (behaviour.give) return behaviour.give(says, key, offset)
      says.err(`%file ${key} ${file.length} 1.1\n`)
      says.out(`%journal ${key} ${offset}\n`)
      says.out(file.subarray(Number(offset)))
    },
    ping: () => says.err('%pong\n'),
    bye: () => {
      says.err('%bye\n')
      channel.exit(0)
      channel.end()
    },
  }
  says.err('\n%shell\n\n%root\n')
  channel.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    for (;;) {
      if (body !== undefined) {
        if (rest.length < body.size) return
        const { size, take } = body
        body = undefined
        const whole = Buffer.from(rest.subarray(0, size))
        rest = rest.subarray(size)
        take(whole)
        continue
      }
      const at = rest.indexOf(10)
      if (at < 0) return
      const [verb = '', ...words] = rest.subarray(0, at).toString('utf8').split(' ')
      rest = rest.subarray(at + 1)
      verbs[verb]?.(words)
    }
  })
}

function askedBy(id: string, text: string): Asked {
  return {
    id,
    nonce: /P_NONCE='?([0-9a-f]+)/.exec(text)?.[1] ?? '',
    tasks: [...text.matchAll(/^# (t\d+) /gm)].map((match) => match[1] as string),
    outputs: new Map(
      [...text.matchAll(/^(t\d+)_outputs='?(\w+)/gm)].map((match) => [match[2] as string, match[1] as string]),
    ),
  }
}
