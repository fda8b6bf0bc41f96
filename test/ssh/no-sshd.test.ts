import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { UnreachableError } from '../../src/errors.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import { makeKey } from './sshd.ts'

const directory = mkdtempSync(join(tmpdir(), 'no-sshd-'))
makeKey(join(directory, 'user'))
afterAll(() => rmSync(directory, { recursive: true }))

/** What happens to connections: milliseconds until it is told, the message and its hint. */
async function refusal(serve: (socket: Socket) => void, timeout: number): Promise<[number, string]> {
  const server = createServer((socket) => serve(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const transport = createSshTransport({
    knownHostsFile: join(directory, 'known_hosts'),
    sshConfigFile: '/nonexistent',
  })
  const target = { name: 'h1', address: '127.0.0.1', port, user: 'ops', hostKeys: 'pin' } as const
  const began = performance.now()
  const error: unknown = await transport
    .open({ ...target, identityFile: join(directory, 'user') }, { timeout })
    .catch((caught: unknown) => caught)
  server.close()
  expect(error).toBeInstanceOf(UnreachableError)
  const { message, hint } = error as UnreachableError
  return [performance.now() - began, `${message} | ${hint}`]
}

/** Serves the first connection so, and leaves those after it in silence. */
function once(serve: (socket: Socket) => void): (socket: Socket) => void {
  let served = false
  return (socket) => {
    if (!served) serve(socket)
    served = true
  }
}

const causes = /\| check that sshd listens there, .* \(fail2ban, hosts\.deny, PerSourcePenalties, MaxStartups/

describe('what is tried again, and told in the end with its usual causes:', () => {
  const cases: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['a connection that is closed at once', (socket) => socket.destroy()],
    ['one that is reset', (socket) => socket.resetAndDestroy()],
    ['one that ends', (socket) => socket.end()],
    ['one that is closed once we have spoken', (socket) => socket.once('data', () => socket.destroy())],
    ['one that is closed after a while', (socket) => setTimeout(() => socket.destroy(), 300)],
    ['one that is closed, and then not', once((socket) => socket.destroy())],
    ['one that is closed after the version', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
    ['MaxStartups by its words', (socket) => socket.end('Exceeded MaxStartups\r\n')],
  ]
  it.concurrent.each(cases)('%s', async (_what, serve) => {
    const [took, message] = await refusal(serve, 2)
    expect(message).toMatch(/timeout after \d s, while waiting for 127\.0\.0\.1:\d+, which closes connections before/)
    expect(message).toMatch(causes)
    expect(took).toBeGreaterThan(1900)
  })
})

describe('what says that it is no sshd, or keeps us out, is told at once:', () => {
  const other = (said: string) => new RegExp(`is not sshd; output: ${said} \\| check ssh.port`)
  const cases: readonly (readonly [string, (socket: Socket) => void, RegExp])[] = [
    [
      'a web server',
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      other('HTTP/1.1 400 Bad Request'),
    ],
    [
      'one that goes on listening',
      (socket) => socket.write('220 mail.example.com ESMTP\r\n'),
      other('220 mail.*ESMTP'),
    ],
    ['a line without an end', (socket) => socket.write('+OK POP3 ready'), other('\\+OK POP3 ready')],
    ['TLS', (socket) => socket.once('data', () => socket.end(Buffer.from([21, 3, 1, 0, 2, 2, 70]))), other('.*')],
    ['a long line', (socket) => socket.end('x'.repeat(5000)), other('x{199}…')],
    ['control sequences', (socket) => socket.end('\x1b[2Jgo away\r\nmore'), other('go away')],
    [
      'penalties',
      (socket) => socket.end('Not allowed at this time\r\n'),
      /temporarily blocks this machine: Not allowed at this time \| .*PerSourcePenalties/,
    ],
  ]
  it.concurrent.each(cases)('%s', async (_what, serve, expected) => {
    const [took, message] = await refusal(serve, 30)
    expect(message).toMatch(expected)
    expect(took).toBeLessThan(10_000)
  })
})
