import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { UnreachableError, UserError } from '../../src/errors.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Forward, ForwardOptions, Target } from '../../src/transport/transport.ts'
import { startProxy } from './proxy.ts'
import { freePort, type Sshd, startSshd } from './sshd.ts'

/** What a host reaches: it answers with what it was asked for, and says how much it was sent. */
const page = createServer((request, response) => {
  let sent = 0
  request.on('data', (bytes: Buffer) => {
    sent += bytes.length
  })
  request.on('end', () => response.end(`${request.url} ${sent}`))
})
const open: Forward[] = []
const failures: unknown[] = []
let sshd: Sshd
let strict: Sshd

beforeAll(async () => {
  await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
  sshd = await startSshd()
  strict = await startSshd({ settings: ['AllowTcpForwarding no'] })
})
afterEach(() => {
  for (const one of open.splice(0)) one.close()
  failures.length = 0
})
afterAll(async () => {
  page.close()
  await sshd.stop()
  await strict.stop()
})

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function forward(target: Target, over: Partial<ForwardOptions> = {}): Promise<Forward> {
  const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
  const made = await transport.forward(target, {
    to: { address: '127.0.0.1', port: portOf(page) },
    port: 0,
    timeout: 20,
    onFailure: (error) => failures.push(error),
    ...over,
  })
  open.push(made)
  return made
}

async function ask(port: number, path: string, body?: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', ...(body && { body }) })
  return response.text()
}

const ways: [string, () => Target][] = [
  ['by way of a host', () => sshd.target()],
  ['on the machine itself', () => sshd.target({ connection: 'local', user: 'nobody-is-asked' })],
]

describe.each(ways)('a port that leads elsewhere, %s', (_way, target) => {
  it('carries connections side by side, and large ones', async () => {
    const { port } = await forward(target())
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(port, `/${i}`, 'x'.repeat(100_000 * i))))
    expect(answers).toEqual(answers.map((_, i) => `/${i} ${100_000 * i}`))
    expect(failures).toEqual([])
  })

  it('lets one hear the answer who has said all', async () => {
    const { port } = await forward(target())
    const socket = connect({ host: '127.0.0.1', port })
    socket.end('GET /half HTTP/1.0\r\n\r\n')
    expect(await text(socket)).toMatch(/\/half 0$/)
  })

  it('is of this machine alone, and gone once closed', async () => {
    const made = await forward(target())
    const held = connect({ host: '127.0.0.1', port: made.port })
    const gone = new Promise((resolve) => held.once('close', resolve))
    held.on('error', () => {})
    await ask(made.port, '/before')
    made.close()
    await gone
    await expect(ask(made.port, '/after')).rejects.toThrow()
  })

  it('is not promised where nothing answers', async () => {
    const nobody = { address: '127.0.0.1', port: await freePort() }
    await expect(forward(target(), { to: nobody })).rejects.toThrow(UnreachableError)
  })

  it('is refused where the port is taken', async () => {
    const { port } = await forward(target())
    await expect(forward(target(), { port })).rejects.toThrow(UserError)
    await expect(forward(target(), { port })).rejects.toThrow(`port ${port} of this machine is in use`)
  })
})

it('outlives its connection to the host, and tells why it cannot be made again', async () => {
  const line = await startProxy(sshd.port)
  const { port } = await forward(sshd.target({ port: line.port }), { timeout: 3 })
  expect(await ask(port, '/first')).toBe('/first 0')
  line.reset()
  expect(await ask(port, '/again')).toBe('/again 0')
  line.refuse(true)
  line.reset()
  await expect(ask(port, '/never')).rejects.toThrow()
  expect(failures[0]).toBeInstanceOf(UnreachableError)
  expect(String(failures[0])).toContain(`127.0.0.1:${line.port}`)
  await line.stop()
})

it('tells why a host leads nobody anywhere', async () => {
  const refused = forward(strict.target())
  await expect(refused).rejects.toThrow(/its sshd does not forward connections to 127\.0\.0\.1:\d+ through n1/)
  await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining('AllowTcpForwarding') })
})
