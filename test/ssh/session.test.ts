import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LockedError } from '../../src/errors.ts'
import type { Notice } from '../../src/transport/notice.ts'
import { createSshTransport, type SshOptions } from '../../src/transport/ssh.ts'
import type { Operator, Session } from '../../src/transport/transport.ts'
import { collect, counted, counting, program } from './programs.ts'
import { type Sshd, startSshd } from './sshd.ts'

let sshd: Sshd
const notices: Notice[] = []

beforeAll(async () => {
  sshd = await startSshd()
})
afterAll(() => sshd.stop())

function transport(options: Partial<SshOptions> = {}) {
  return createSshTransport({
    knownHostsFile: sshd.file('known_hosts'),
    sshConfigFile: '/nonexistent',
    onNotice: (notice) => notices.push(notice),
    ...options,
  })
}

function operator(run: string): Operator {
  return { who: `${run}@there`, run, since: '2026-01-02T03:04:05Z' }
}

async function open(run?: string, options: Partial<SshOptions> = {}): Promise<Session> {
  return transport(options).open(sshd.target(), { timeout: 30, lock: run === undefined ? undefined : operator(run) })
}

describe('a session', () => {
  it('knows its host', async () => {
    const session = await open()
    await session.close()
    const release = sshd.shell(
      '. /etc/os-release; echo "$ID $VERSION_ID"; uname -n; cat /proc/sys/kernel/random/boot_id',
    )
    const { id, version, hostname, bootId, clockOffset, family } = session.identity
    expect(`${id} ${version}\n${hostname}\n${bootId}\n`).toBe(release)
    expect(family).toBe('debian')
    expect(Math.abs(clockOffset)).toBeLessThan(1)
  })

  it('outlives the time that opening it may take', async () => {
    notices.length = 0
    const session = await transport().open(sshd.target(), { timeout: 2, lock: operator('long') })
    expect(await collect(session, counting(6, 0.5))).toEqual(counted(6))
    await session.close()
    expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
    expect(notices.filter((notice) => notice.kind === 'connection-lost')).toEqual([])
  })

  it('runs several programs over one connection and one exec', async () => {
    const session = await open('several')
    expect(await collect(session, counting(3, 0.01))).toEqual(counted(3))
    expect(await collect(session, counting(2, 0.01))).toEqual(counted(2))
    expect(await collect(session, program('e begin 0; kill -9 "$$"'))).toEqual([
      { kind: 'begin', tasks: 0 },
      { kind: 'end', result: 'died' },
    ])
    await session.close()
    expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
    expect(session.traffic.bytesSent).toBeGreaterThan(1000)
    expect(session.traffic.bytesReceived).toBeGreaterThan(1000)
    expect(sshd.shell('ls /run/provision')).toBe('program.lock\nsession.lock\n')
  })

  it('carries large programs and much output unharmed', async () => {
    const session = await open('large')
    const filler = `# ${'x'.repeat(100)}\n`.repeat(4000)
    const sent = program(
      `${filler}e begin 0; yes | head -c 300000 | base64 -w 700 | while read -r l; do e diff t1 "$l"; done; e diff t1; e end done`,
    )
    const events = await collect(session, sent)
    await session.close()
    expect(events).toEqual([
      { kind: 'begin', tasks: 0 },
      { kind: 'diff', task: 't1', text: 'y\n'.repeat(150_000) },
      { kind: 'end', result: 'done' },
    ])
  })

  it('stops a program after its task', async () => {
    const session = await open('stopping')
    const events = await collect(session, counting(500, 0.05), (event) => {
      if (event.kind === 'ok' && event.task === 't3') void session.stop()
    })
    await session.close()
    expect(events.at(-1)).toEqual({ kind: 'end', result: 'stopped' })
    expect(events.length).toBeLessThan(500)
  })

  it('without a lock leaves nothing behind and stands in nobody’s way', async () => {
    sshd.shell('rm -rf /run/provision')
    const plan = await open()
    expect(await collect(plan, counting(2, 0.01))).toEqual(counted(2))
    await plan.close()
    expect(sshd.shell('ls /run')).not.toContain('provision')

    const run = await open('busy')
    const second = await open()
    const slow = collect(run, counting(30, 0.05))
    expect(await collect(second, counting(2, 0.01))).toEqual(counted(2))
    expect(await slow).toEqual(counted(30))
    await second.close()
    await run.close()
  })

  it('lets no program keep its lock by a daemon it started', async () => {
    const session = await open('daemon')
    const started = program('sleep 30 & echo "$!" >/run/daemon; e begin 0; e end done')
    expect((await collect(session, started)).at(-1)).toEqual({ kind: 'end', result: 'done' })
    expect(await collect(session, counting(1, 0))).toEqual(counted(1))
    await session.close()
    sshd.shell('kill "$(cat /run/daemon)"')
    expect(notices.some((notice) => notice.kind === 'orphan')).toBe(false)
  })
})

describe('the lock', () => {
  it('is refused to a second operator, with its owner', async () => {
    const first = await open('first')
    const refused = open('second')
    await expect(refused).rejects.toThrow(LockedError)
    await expect(refused).rejects.toThrow(/n1 is locked by first@there since 2026-01-02T03:04:05Z \(run first/)
    await first.close()
    await (await open('second')).close()
  })

  it('is taken from a holder that is silent for a minute, though its session still hangs', async () => {
    const silent = await open('silent', { keepalive: 3600 })
    sshd.shell('echo $(($(cut -d. -f1 /proc/uptime) - 70)) >/run/provision/seen')
    const taker = await open('taker')
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'lock-taken', who: 'silent@there' }))
    expect(await collect(taker, counting(2, 0.01))).toEqual(counted(2))
    await taker.close()
    await silent.close()
  })

  it('is kept by signs of life', async () => {
    const holder = await open('holder', { keepalive: 1 })
    sshd.shell('echo $(($(cut -d. -f1 /proc/uptime) - 59)) >/run/provision/seen')
    await expect
      .poll(() => Number(sshd.shell('echo $(($(cut -d. -f1 /proc/uptime) - $(cat /run/provision/seen)))')), {
        timeout: 20_000,
      })
      .toBeLessThan(30)
    await holder.close()
  })

  it('is lost to nobody because the clock is set', async () => {
    const holder = await open('holder', { keepalive: 3600 })
    sshd.shell('touch -d "-1 day" /run/provision/*')
    await expect(open('second')).rejects.toThrow(LockedError)
    await holder.close()
  })

  it('sweeps what dead runs left, and nothing else', async () => {
    sshd.shell(
      'mkdir -p /run/provision/dead /run/provision/pending; touch /run/provision/dead/alive /run/provision/pending/x',
    )
    const session = await open('sweeper')
    expect(sshd.shell('ls /run/provision')).not.toContain('dead')
    expect(sshd.shell('ls /run/provision/pending')).toBe('x\n')
    await session.close()
    sshd.shell('rm -r /run/provision/pending')
  })

  it('sweeps nothing of a session that locks nothing', async () => {
    const support = await open()
    const packed = program('e begin 0; head -c 5000 /dev/zero >"${0%/*}/packed"; e end done')
    await collect(support, packed)
    await (await open('sweeper')).close()
    expect((await support.fetch(`/run/provision/${packed.id}/packed`)).size).toBe(5000)
    await support.close()
    expect(sshd.shell(`ls /run/provision`)).toBe('program.lock\nsession.lock\n')
  })
})
