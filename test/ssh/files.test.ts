import { createHash } from 'node:crypto'
import { createReadStream, readFileSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../src/transport/notice.ts'
import { createSshTransport, type SshOptions } from '../../src/transport/ssh.ts'
import type { RemoteFile, Session, Upload } from '../../src/transport/transport.ts'
import { collect, counted, counting } from './programs.ts'
import { type FaultyProxy, startProxy } from './proxy.ts'
import { type Sshd, startSshd } from './sshd.ts'

// The host's disk is a small file system of its own, with little more room than the largest file here takes.
const prepare = 'mount -t tmpfs -o size=96m tmpfs /var/lib'
const megabyte = 1024 * 1024
let sshd: Sshd
let proxy: FaultyProxy
let notices: Notice[]

beforeEach(async () => {
  sshd = await startSshd({ prepare })
  proxy = await startProxy(sshd.port)
  notices = []
})
afterEach(async () => {
  await proxy.stop()
  await sshd.stop()
})

function open(options: Partial<SshOptions> = {}): Promise<Session> {
  const transport = createSshTransport({
    knownHostsFile: sshd.file('known_hosts'),
    sshConfigFile: '/nonexistent',
    onNotice: (notice) => notices.push(notice),
    keepalive: 1,
    ...options,
  })
  const operator = { who: 'tester@here', run: 'files', since: '2026-01-02T03:04:05Z' }
  return transport.open(sshd.target({ port: proxy.port }), { timeout: 30, lock: operator })
}

/** A file on the host of this many bytes that no two parts of are alike; gives its digest. */
function make(path: string, bytes: number): string {
  return sshd.shell(
    `openssl enc -aes-128-ctr -K 00112233445566778899aabbccddeeff -iv 0 </dev/zero 2>/dev/null | head -c ${bytes} >${path}; sha256sum <${path} | cut -c 1-64`,
  )
}

/**
 * Breaks a connection at each of these bytes, the second time by silence: to be told of every advance. Each strikes a
 * connection of its own, since what was on its way before the first may come after the next one is due.
 */
function faultsAt(...bytes: readonly number[]): (session: Session, done: number) => void {
  let struck = 0
  return (session, done) => {
    if (done < (bytes[struck] ?? Number.POSITIVE_INFINITY) || session.traffic.connections !== struck + 1) return
    struck += 1
    if (struck === 2) proxy.silence()
    else proxy.reset()
  }
}

/** The digest of what comes, as sha256sum prints it. */
async function digest(file: RemoteFile, onBytes: (total: number) => void | Promise<void> = () => {}): Promise<string> {
  const hash = createHash('sha256')
  let total = 0
  for await (const piece of file.bytes) {
    hash.update(piece)
    total += piece.length
    await onBytes(total)
  }
  expect(total).toBe(file.size)
  return `${hash.digest('hex')}\n`
}

/** A file of this machine to be sent; `at` is called with the byte from which it is read. */
function upload(name: string, bytes: number, over: Partial<Upload> & { at?: (offset: number) => void } = {}): Upload {
  const file = sshd.file(name)
  sshd.shell(
    `openssl enc -aes-128-ctr -K 0f0e0d0c0b0a09080706050403020100 -iv 0 </dev/zero 2>/dev/null | head -c ${bytes} >${file}`,
  )
  const { at, ...rest } = over
  return {
    path: `/var/lib/provision/restore/${name}`,
    size: statSync(file).size,
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
    open: (start) => {
      at?.(start)
      return createReadStream(file, { start })
    },
    ...rest,
  }
}

const stored = (sent: Upload): string =>
  sshd.shell(
    `stat -c '%a %U %s' ${sent.path}; sha256sum <${sent.path} | cut -c 1-64; ls -A ${sent.path.replace(/[^/]+$/, '')}`,
  )
const whole = (sent: Upload): string => `600 root ${sent.size}\n${sent.sha256}\n${sent.path.replace(/.*\//, '')}\n`

describe('a file of a host', () => {
  it.each([0, 1, 65_537, 40 * megabyte])(
    'of %i bytes comes over the one connection, between programs',
    async (size) => {
      const sum = make('/var/lib/it', size)
      const session = await open()
      expect(await collect(session, counting(2, 0))).toEqual(counted(2))
      expect(await digest(await session.fetch('/var/lib/it'))).toBe(sum)
      expect(await collect(session, counting(3, 0))).toEqual(counted(3))
      await session.close()
      expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
    },
  )

  it('comes whole over a connection that is reset again and again, and falls silent', async () => {
    const sum = make('/var/lib/it', 40 * megabyte)
    const session = await open()
    const strike = faultsAt(1, 9 * megabyte, 30 * megabyte)
    const got = await digest(await session.fetch('/var/lib/it'), (total) => strike(session, total))
    expect(got).toBe(sum)
    await session.close()
    expect(session.traffic.connections).toBe(4)
    // Gone on with, not begun again.
    expect(session.traffic.bytesReceived).toBeLessThan(60 * megabyte)
  })

  it('waits on the host for a slow reader', async () => {
    make('/var/lib/it', 60 * megabyte)
    const session = await open()
    const file = await session.fetch('/var/lib/it')
    let first = true
    await digest(file, async () => {
      if (!first) return
      first = false
      await sleep(2000)
      expect(session.traffic.bytesReceived).toBeLessThan(16 * megabyte)
    })
    await session.close()
  })

  it('need not be read to its end', async () => {
    make('/var/lib/it', 60 * megabyte)
    const session = await open()
    for await (const _ of (await session.fetch('/var/lib/it')).bytes) break
    expect(await collect(session, counting(2, 0))).toEqual(counted(2))
    await session.close()
    expect(session.traffic.connections).toBe(1)
    expect(session.traffic.bytesReceived).toBeLessThan(30 * megabyte)
  })

  it('that is not there, or a directory, is said', async () => {
    const session = await open()
    await expect(session.fetch('/var/lib/none')).rejects.toThrow('no file /var/lib/none on the host')
    await expect(session.fetch('/var/lib')).rejects.toThrow('no file /var/lib on the host')
    await session.close()
  })

  it.each([
    'head -c 1000 /dev/zero >>/var/lib/it',
    'truncate -s 1000 /var/lib/it',
    'cp /var/lib/it /var/lib/i; mv /var/lib/i /var/lib/it',
  ])('that changes meanwhile is not taken for whole: %s', async (change) => {
    make('/var/lib/it', 30 * megabyte)
    const session = await open()
    const file = await session.fetch('/var/lib/it')
    let done = false
    const reading = digest(file, (total) => {
      if (done || total < megabyte) return
      done = true
      sshd.shell(change)
      proxy.reset()
    })
    await expect(reading).rejects.toThrow('/var/lib/it changed on the host while it was read')
    await session.close()
  })
})

describe('a file for a host', () => {
  it.each([0, 1, megabyte, 30 * megabyte + 1])('of %i bytes takes its place whole, for root only', async (size) => {
    const seen: number[] = []
    const sent = upload('it.tar', size, { onProgress: (bytes) => seen.push(bytes) })
    const session = await open()
    expect(await collect(session, counting(2, 0))).toEqual(counted(2))
    await session.store(sent)
    expect(stored(sent)).toBe(whole(sent))
    expect(sshd.shell('stat -c %a /var/lib/provision/restore')).toBe('700\n')
    expect(await collect(session, counting(2, 0))).toEqual(counted(2))
    await session.close()
    expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
    expect(seen.at(-1)).toBe(size)
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  })

  it('arrives over a connection that is reset again and again, and goes on where it was', async () => {
    const faults = [megabyte, 10 * megabyte, 25 * megabyte]
    const strike = faultsAt(...faults)
    const starts: number[] = []
    const session = await open()
    // More than three times what may be on its way: so there is something left for each connection to send.
    const sent = upload('it.tar', 60 * megabyte, {
      at: (offset) => starts.push(offset),
      onProgress: (bytes) => strike(session, bytes),
    })
    await session.store(sent)
    await session.close()
    expect(stored(sent)).toBe(whole(sent))
    expect(session.traffic.connections).toBe(4)
    expect(starts[0]).toBe(0)
    for (const [index, after] of faults.entries()) {
      expect(starts[index + 1]).toBeGreaterThanOrEqual(after)
    }
  })

  it('is gone on with by the next run, and not sent when it is there', async () => {
    const sent = upload('it.tar', 30 * megabyte)
    const first = await open({ patience: 1 })
    const broken = first.store({
      ...sent,
      onProgress: (bytes) => {
        if (bytes < 15 * megabyte) return
        proxy.refuse(true)
        proxy.reset()
      },
    })
    await expect(broken).rejects.toThrow(/did not return within 1 s/)
    await first.close()
    proxy.refuse(false)
    expect(sshd.shell('ls /var/lib/provision/restore')).toBe('')
    const starts: number[] = []
    const session = await open()
    const again = upload('it.tar', 30 * megabyte, { at: (offset) => starts.push(offset) })
    await session.store(again)
    expect(stored(sent)).toBe(whole(sent))
    expect(starts.length).toBe(1)
    expect(starts[0]).toBeGreaterThanOrEqual(15 * megabyte)
    const before = session.traffic.bytesSent
    await session.store(again)
    expect(session.traffic.bytesSent - before).toBeLessThan(100_000)
    expect(starts.length).toBe(1)
    await session.close()
  })

  it('replaces another of its name, and what was begun of another', async () => {
    const session = await open()
    sshd.shell(
      'mkdir -p /var/lib/provision/restore; cd /var/lib/provision/restore; echo old >it.tar; echo x >.it.tar.00.part',
    )
    const sent = upload('it.tar', 100_000)
    await session.store(sent)
    expect(stored(sent)).toBe(whole(sent))
    await session.close()
  })

  it('that does not fit is refused before it is sent', async () => {
    const session = await open()
    const sent = { ...upload('it.tar', megabyte), size: 2 ** 40 }
    await expect(session.store(sent)).rejects.toThrow(
      /not enough disk space on the host for \/var\/lib\/provision\/restore\/it\.tar: 1099511627776 bytes needed, \d+ are free/,
    )
    expect(session.traffic.bytesSent).toBeLessThan(200_000)
    await session.close()
  })

  it('for which the disk runs full on the way is refused, and the session goes on', async () => {
    const session = await open()
    let filled = false
    const sent = upload('it.tar', 60 * megabyte, {
      onProgress: () => {
        if (filled) return
        filled = true
        sshd.shell('head -c 200000000 /dev/zero >/var/lib/full 2>/dev/null || :')
      },
    })
    await expect(session.store(sent)).rejects.toThrow(/not enough disk space on the host for/)
    expect(await collect(session, counting(2, 0))).toEqual(counted(2))
    await session.close()
    expect(session.traffic.connections).toBe(1)
  })

  it('whose content is not what was announced never takes its place', async () => {
    const session = await open()
    const sent = upload('it.tar', 3 * megabyte)
    const other = sshd.file('other')
    writeFileSync(other, Buffer.alloc(3 * megabyte, 7))
    const wrong = session.store({ ...sent, open: (start) => createReadStream(other, { start }) })
    await expect(wrong).rejects.toThrow(/its SHA-256 is not/)
    expect(sshd.shell('ls -A /var/lib/provision/restore')).toBe('')
    await session.close()
  })
})

describe('what a program keeps on disk', () => {
  it('goes with the session that ran it, and the next one clears up what a power cut left', async () => {
    const session = await open()
    sshd.shell('mkdir -p /var/lib/provision/runs/cut-off-1')
    const sent = counting(1, 0)
    await collect(session, { ...sent, text: `mkdir -p /var/lib/provision/runs/${sent.id}\n${sent.text}` })
    expect(sshd.shell('ls /var/lib/provision/runs')).toBe(`cut-off-1\n${sent.id}\n`)
    await session.close()
    const next = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
    const operator = { who: 'next@here', run: 'next', since: '2026-01-02T03:04:05Z' }
    await (await next.open(sshd.target(), { timeout: 30, lock: operator })).close()
    expect(sshd.shell('ls /var/lib/provision/runs')).toBe('')
  })
})
