import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RefusedError } from '../../src/transport/refusal.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Session, Target } from '../../src/transport/transport.ts'
import { collect, counted, counting, program } from './programs.ts'
import { startProxy } from './proxy.ts'
import { type Sshd, startSshd } from './sshd.ts'

// The real sudo and real login shells, with accounts that exist in sshd's mount namespace only.

const password = `it's a "pass$word" \\n !`
const everything = 'ALL=(ALL:ALL) ALL'
const noise = 'echo "welcome, %hello v1 @nonce end done"; echo "%hello v0" >&2'

let sshd: Sshd

beforeAll(async () => {
  sshd = await startSshd({
    accounts: [
      { name: 'asks', password, sudo: everything },
      { name: 'free', sudo: 'ALL=(ALL:ALL) NOPASSWD: ALL' },
      { name: 'never', password },
      { name: 'tty', password, sudo: everything, sudoDefaults: 'requiretty' },
      { name: 'dash', password, sudo: everything, shell: '/bin/dash' },
      { name: 'fish', password, sudo: everything, shell: '/usr/bin/fish' },
      { name: 'tcsh', password, sudo: everything, shell: '/usr/bin/tcsh' },
      { name: 'noisy', password, sudo: everything, bashrc: noise },
      { name: 'pty', password, sudo: everything, sudoDefaults: 'use_pty' },
    ],
  })
})
afterAll(() => sshd.stop())

function open(user: string, over: Partial<Target> = {}): Promise<Session> {
  const transport = createSshTransport({ knownHostsFile: sshd.file('known_hosts'), sshConfigFile: '/nonexistent' })
  const lock = { who: 'tester@here', run: user, since: '2026-01-02T03:04:05Z' }
  return transport.open(sshd.target({ user, sudoPassword: password, ...over }), { timeout: 30, lock })
}

describe('an ordinary user', () => {
  it.each(['asks', 'free', 'dash', 'fish', 'tcsh', 'pty'])('becomes root: %s', async (user) => {
    const session = await open(user)
    const asRoot = await collect(session, program('e output who "$(id -un | base64)"; e output who; e end done'))
    expect(asRoot).toEqual([
      { kind: 'output', name: 'who', value: 'root' },
      { kind: 'end', result: 'done' },
    ])
    expect(await collect(session, counting(3, 0.01))).toEqual(counted(3))
    await session.close()
    expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
    expect(sshd.shell(`find /tmp -maxdepth 1 -name 'tmp.*' -user ${user}`)).toBe('')
  })

  it.each(['asks', 'free'])('has no name for what root reads: %s', async (user) => {
    const session = await open(user)
    const [stdin, line] = sshd
      .shell('read -r _ pid </run/provision/owner; readlink "/proc/$pid/fd/0"; tr "\\0" " " <"/proc/$pid/cmdline"')
      .split('\n')
    expect(stdin).toMatch(/^(pipe|socket):/)
    expect(line).toMatch(/^\/bin\/sh -c echo >&2; /)
    await session.close()
  })

  it('whose shell prints on its own gets through, and forges nothing', async () => {
    const session = await open('noisy')
    expect(await collect(session, counting(3, 0.01))).toEqual(counted(3))
    await session.close()
  })

  it.each(['asks', 'pty'])('loses nothing with the connection, and leaves no process behind: %s', async (user) => {
    const proxy = await startProxy(sshd.port)
    const session = await open(user, { port: proxy.port })
    // Held until it has been cut off, both times: on a busy machine all the rest comes at once, and cutting what has come
    // already is no loss.
    const events = await collect(session, counting(50, 0.1, [10, 45]), (_event, index) => {
      if (index === 1) expect(sessionProcesses()).not.toEqual([]) // it can see them
      if (index === 5 || index === 40) {
        proxy.reset()
        sshd.shell(`touch /run/go-on-${index + 5}`)
      }
    })
    expect(events).toEqual(counted(50))
    await session.close()
    await proxy.stop()
    sshd.shell('rm /run/go-on-*')
    expect(session.traffic.connections).toBe(3)
    await expect.poll(sessionProcesses, { timeout: 20_000 }).toEqual([])
  })

  it('needs no password where sudo asks for none', async () => {
    const session = await open('free', { sudoPassword: undefined })
    expect(await collect(session, counting(1, 0))).toEqual(counted(1))
    await session.close()
  })

  it('is told what is wrong', async () => {
    const reason = async (user: string, over: Partial<Target> = {}): Promise<string> => {
      const error: unknown = await open(user, over).catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(RefusedError)
      return `${(error as RefusedError).message} | ${(error as RefusedError).hint}`
    }
    expect(await reason('asks', { sudoPassword: 'wrong' })).toMatch(
      /does not accept the password \| check ssh.sudoPassword/,
    )
    expect(await reason('asks', { sudoPassword: undefined })).toMatch(
      /requires a password \| set .*sudoPassword: prompt/,
    )
    expect(await reason('never')).toMatch(/may not use sudo: .* \| add the user to the group sudo/)
    expect(await reason('tty')).toMatch(/requires a terminal: .* \| remove `requiretty` from/)
  })

  it('is told where there is no sudo', async () => {
    const bare = await startSshd({
      accounts: [{ name: 'bare', password }],
      prepare: 'mount --bind /dev/null /usr/bin/sudo',
    })
    const transport = createSshTransport({ knownHostsFile: bare.file('known_hosts'), sshConfigFile: '/nonexistent' })
    const opening = transport.open(bare.target({ user: 'bare', sudoPassword: password }), { timeout: 30 })
    await expect(opening).rejects.toThrow(/sudo is not installed/)
    await bare.stop()
  })

  it('logs in by password, asked for in either way', async () => {
    const options = { password, identityFile: undefined, sudoPassword: password }
    await (await open('asks', options)).close()
    await expect(open('asks', { sudoPassword: 'two\nlines' })).rejects.toThrow(
      /the sudo password has more than one line/,
    )
    const wrong = open('asks', { ...options, password: 'wrong' })
    await expect(wrong).rejects.toThrow(/rejects the login of asks: tried .*the password/)
  })
})

it('shows the sudo password to nobody who looks at processes or files', async () => {
  const session = await open('asks')
  const seen: string[] = []
  const running = collect(session, counting(20, 0.05), (event) => {
    if (event.kind === 'ok') seen.push(...processes())
  })
  await running
  expect(seen.some((text) => text.includes('/run/provision/'))).toBe(true) // it did look
  expect(seen.filter((text) => text.includes(password))).toEqual([])
  expect(sshd.shell(`grep -rlF 'pass$word' /run /tmp/tmp.* 2>/dev/null || :`)).toBe('')
  expect(sshd.log()).not.toContain(password)
  await session.close()
})

/** Command lines of sessions in sshd's namespace: of other sshds there may be any number. */
function sessionProcesses(): string[] {
  const listing = `for p in /proc/[0-9]*; do
    [ "$(readlink "$p/ns/mnt")" != "$(readlink /proc/self/ns/mnt)" ] || tr '\\0' ' ' <"$p/cmdline" 2>/dev/null && echo
  done`
  return sshd
    .shell(listing)
    .split('\n')
    .filter((line) => /SESSION_TEXT/.test(line))
}

/** Command lines and environments of all processes of this machine. */
function processes(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => ['cmdline', 'environ'].map((file) => read(`/proc/${pid}/${file}`)))
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ')
  } catch {
    return '' // it has ended
  }
}
