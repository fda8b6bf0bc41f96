import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { UnreachableError } from '../../src/errors.ts'
import type { Notice } from '../../src/transport/notice.ts'
import { createSshTransport, type SshOptions } from '../../src/transport/ssh.ts'
import type { Session } from '../../src/transport/transport.ts'
import { collect, counted, counting, program } from './programs.ts'
import { type FaultyProxy, startProxy } from './proxy.ts'
import { type Sshd, startSshd } from './sshd.ts'

let sshd: Sshd
let proxy: FaultyProxy
let notices: Notice[]

beforeEach(async () => {
  sshd = await startSshd()
  proxy = await startProxy(sshd.port)
  notices = []
})
afterEach(async () => {
  await proxy.stop()
  await sshd.stop()
})

function open(options: Partial<SshOptions> = {}, lock = true, port = proxy.port): Promise<Session> {
  const transport = createSshTransport({
    knownHostsFile: sshd.file('known_hosts'),
    sshConfigFile: '/nonexistent',
    onNotice: (notice) => notices.push(notice),
    keepalive: 1,
    ...options,
  })
  const operator = { who: 'tester@here', run: 'faults', since: '2026-01-02T03:04:05Z' }
  return transport.open(sshd.target({ port }), { timeout: 30, lock: lock ? operator : undefined })
}

const ran = (): string => sshd.shell('cat /run/ran')

describe('a connection that', () => {
  it.each([true, false])('is reset again and again loses no event and doubles none (locked: %s)', async (lock) => {
    const session = await open({}, lock)
    const events = await collect(session, counting(80, 0.05), (_event, index) => {
      if ([10, 11, 40].includes(index)) proxy.reset()
    })
    expect(events).toEqual(counted(80))
    expect(ran()).toBe('ran\n')
    await session.close()
    expect(session.traffic.connections).toBeGreaterThan(1)
    expect(notices.filter((notice) => notice.kind === 'reconnected').length).toBe(session.traffic.connections - 1)
    if (!lock) expect(sshd.shell('ls /run')).not.toContain('provision')
  })

  it('falls silent is given up and made again', async () => {
    const session = await open()
    const events = await collect(session, counting(100, 0.1), (_event, index) => {
      if (index === 5) proxy.silence()
    })
    expect(events).toEqual(counted(100))
    expect(ran()).toBe('ran\n')
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'connection-lost', reason: 'Keepalive timeout' }))
    await session.close()
  })

  it('breaks while a program is on its way starts nothing by halves', async () => {
    const session = await open()
    proxy.reset()
    // The handshake and the session's script go through, the program does not.
    proxy.cutAfter(60_000)
    const lines = Array.from({ length: 3000 }, () => `# ${randomBytes(50).toString('hex')}\n`).join('')
    const sent = program(`${lines}\necho ran >>/run/ran\ne begin 0\ne end done`)
    expect(await collect(session, sent)).toEqual([
      { kind: 'begin', tasks: 0 },
      { kind: 'end', result: 'done' },
    ])
    expect(ran()).toBe('ran\n')
    expect(session.traffic.connections).toBe(3)
    await session.close()
  })

  it('breaks between two programs is made again for the second', async () => {
    const session = await open()
    expect(await collect(session, counting(2, 0))).toEqual(counted(2))
    proxy.reset()
    expect(await collect(session, counting(3, 0))).toEqual(counted(3))
    await session.close()
  })

  it('is slow carries everything all the same', async () => {
    const slow = await startProxy(sshd.port, 60)
    const session = await open({}, true, slow.port)
    expect(Math.abs(session.identity.clockOffset)).toBeLessThan(0.5)
    expect(await collect(session, counting(20, 0.01))).toEqual(counted(20))
    await session.close()
    await slow.stop()
    expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
  })

  it('breaks keeps from sweepers what a session without a lock has collected', async () => {
    const session = await open({}, false)
    const packed = program('e begin 0; head -c 5000 /dev/zero >"${0%/*}/packed"; e end done')
    await collect(session, packed)
    proxy.refuse(true)
    proxy.reset()
    await expect.poll(() => sshd.shell('cat /run/provision/*/abandoned')).toMatch(/session/)
    await (await open({}, true, sshd.port)).close()
    proxy.refuse(false)
    expect((await session.fetch(`/run/provision/${packed.id}/packed`)).size).toBe(5000)
    await session.close()
  })

  it('does not come back is given up with what to do', async () => {
    const session = await open({ patience: 2 })
    const lost = collect(session, counting(100, 0.05), (_event, index) => {
      if (index !== 3) return
      proxy.refuse(true)
      proxy.reset()
    })
    await expect(lost).rejects.toThrow(/n1 did not return within 2 s/)
    await expect(lost).rejects.toThrow(UnreachableError)
    await session.close()
  })
})

describe('a controller that is killed', () => {
  it('leaves its program to finish, and is in nobody’s way', async () => {
    const events = await runAndKill(600)
    expect(events).toContain('t3')
    // Its program still runs: the next run asks it to stop, waits for it, and then starts its own.
    const session = await open()
    expect(await collect(session, counting(3, 0))).toEqual(counted(3))
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'orphan', host: 'n1' }))
    expect(ran()).toBe('ran\nran\n')
    await session.close()
    expect(sshd.shell('ls /run/provision')).toBe('program.lock\nsession.lock\n')
  })

  it('leaves a program that ends by itself', async () => {
    await runAndKill(20)
    await expect
      .poll(() => sshd.shell('tail -qn 1 /run/provision/*/journal'), { timeout: 30_000 })
      .toBe('@nonce end done\n')
  })

  async function runAndKill(tasks: number): Promise<string> {
    const args = [fileURLToPath(new URL('controller.ts', import.meta.url)), JSON.stringify(sshd.target())]
    const child = spawn(process.execPath, [...args, sshd.file('known_hosts'), String(tasks)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      if (output.includes('"t3"')) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    expect(child.signalCode).toBe('SIGKILL')
    return output
  }
})

describe('a host that', () => {
  it('was started again meanwhile reports its program as died', async () => {
    const session = await open()
    const events = await collect(session, counting(100, 0.05), (_event, index) => {
      if (index !== 3) return
      // What a power cut does to a tmpfs.
      sshd.shell('rm -rf /run/provision/p*-*')
      proxy.reset()
    })
    expect(events.at(-1)).toEqual({ kind: 'end', result: 'died' })
    await session.close()
  })

  it('says nothing at all is given up with what was waited for', async () => {
    const opening = open()
    proxy.silence()
    await (await opening).close()
    const mute = await startProxy(sshd.port, 600_000)
    const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
    await expect(transport.open(sshd.target({ port: mute.port }), { timeout: 1 })).rejects.toThrow(
      /timeout after 1 s, while waiting for the SSH handshake with 127\.0\.0\.1:/,
    )
    await mute.stop()
  })
})
