import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sessionScript } from '../../src/transport/load.ts'

// The script by itself, under each shell that may be a host's /bin/sh, in a mount namespace with a /run of its own.

const frames = `exec 3>&1\necho '@n begin 1' >&3\nsleep 0.3\necho '@n end done' >&3\n`
const journal = '@n begin 1\n@n end done\n'
let directory: string
let children: ChildProcess[]

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-session-'))
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

/** @param constants of the script, changed */
function start(shell: string, constants: Readonly<Record<string, number>> = {}) {
  let text = sessionScript().toString()
  for (const [name, value] of Object.entries(constants)) {
    expect(text).toMatch(new RegExp(`^${name}=`, 'm'))
    text = text.replace(new RegExp(`^${name}=\\d+`, 'm'), `${name}=${value}`)
  }
  writeFileSync(join(directory, 'session'), text)
  // The namespace outlives the session, so that what that left behind can be seen.
  const line = 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && "$@"; echo %over >&2; sleep 60'
  const child = spawn('unshare', [
    '-m',
    'sh',
    '-c',
    line,
    'sh',
    ...shell.split(' '),
    '-c',
    '. "$0"',
    join(directory, 'session'),
  ])
  children.push(child)
  const out: Buffer[] = []
  const said: Buffer[] = []
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => said.push(bytes))
  const answers = (): string => Buffer.concat(said).toString()
  return {
    child,
    out: () => Buffer.concat(out).toString(),
    answers,
    say: (text: string | Uint8Array) => child.stdin.write(text),
    async heard(pattern: RegExp): Promise<void> {
      while (!pattern.test(answers())) await once(child.stderr, 'data')
    },
    file: (path: string) => `/proc/${child.pid}/root/run/provision/${path}`,
  }
}

function run(id: string, lock: 'lock' | 'free', text = frames): Buffer {
  const body = gzipSync(text)
  return Buffer.concat([Buffer.from(`run ${id} ${digest(body)} ${body.length} ${lock}\n`), body])
}

function digest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

describe.each(['dash', 'bash --posix', 'busybox sh'])('under %s', (shell) => {
  it('greets, locks, runs, follows and says goodbye', async () => {
    const session = start(shell)
    session.say(Buffer.concat([Buffer.from('lock bWU=\n'), run('p1', 'lock'), Buffer.from('ping\n')]))
    await session.heard(/^%gone p1 \d+$/m)
    session.say(`follow p1 ${journal.indexOf('@n end')}\nstop p1\nnonsense\n`)
    await session.heard(/^%gone p1 \d+\n[\s\S]*^%gone p1 \d+$/m)
    session.say('bye\n')
    await session.heard(/^%over$/m)
    expect(session.out()).toBe(`%journal p1 0\n${journal}%journal p1 11\n@n end done\n`)
    expect(session.answers()).toMatch(
      /^%hello v1 id=\S+ like=\S* version=\S* codename=\S* arch=\S+ init=systemd boot=\S+ machine=\w* pids=\S* node= kubelet= ca= server= cluster= rest=\w* hostname=\S+ missing= time=\d+/,
    )
    for (const answer of ['locked-ok', 'pong', 'what nonsense', 'bye']) {
      expect(session.answers()).toMatch(new RegExp(`^%${answer}$`, 'm'))
    }
    expect(() => readFileSync(session.file('p1/journal'))).toThrow()
  })

  it('takes a file in parts, among other verbs, and gives it back from any byte', async () => {
    const session = start(shell)
    const content = Buffer.alloc(4 * 1024 * 1024 + 5, 'content ')
    const sum = digest(content)
    const path = Buffer.from('/run/provision/kept/it').toString('base64')
    session.say(`store f1 ${content.length} ${sum} ${path}\n`)
    await session.heard(/^%has f1 0$/m)
    session.say(`part f1 0 4194304\n${content.subarray(0, 4194304)}ping\npart f1 1 5\n${content.subarray(4194304)}`)
    await session.heard(/^%pong\n%has f1 4194309$/m)
    session.say('keep f1\n')
    await session.heard(/^%kept f1$/m)
    expect(readFileSync(session.file('kept/it')).equals(content)).toBe(true)
    session.say(`store f2 ${content.length} ${sum} ${path}\n`)
    await session.heard(/^%kept f2$/m)
    session.say(`give f3 4194300 ${path}\n`)
    await session.heard(/^%file f3 4194309 \S+$/m)
    await expect.poll(() => session.out()).toBe(`%journal f3 4194300\n${content.subarray(4194300)}`)
    session.say('enough f3\nbye\n')
    await session.heard(/^%over$/m)
  })

  it('starts nothing that arrived damaged', async () => {
    const session = start(shell)
    const body = run('p1', 'free')
    body[body.length - 9]! ^= 1
    session.say(body)
    await session.heard(/^%damaged p1$/m)
    session.say(run('p1', 'free'))
    await session.heard(/^%gone p1 \d+$/m)
    expect(session.out()).toBe(`%journal p1 0\n${journal}`)
  })

  it('follows what it has started when the same program comes again, whatever has come', async () => {
    const session = start(shell)
    const text = `exec 3>&1\necho '@n begin 1' >&3\nsleep 1\ncp "$0" "\${0%/*}/copy" && echo '@n end done' >&3\n`
    session.say(run('p1', 'free', text))
    while (!session.out().includes('begin')) await once(session.child.stdout, 'data')
    const second = run('p1', 'free', text)
    second[second.length - 9]! ^= 1
    session.say(second)
    await session.heard(/^%gone p1 \d+$/m)
    session.say('bye\n')
    await session.heard(/^%over$/m)
    expect(session.out()).toMatch(/@n end done\n$/) // it had its own directory to the end
    expect(session.answers()).not.toMatch(/^%damaged/m)
  })

  it('leaves its directory to a program that still runs when the controller is done', async () => {
    const session = start(shell, { LOST_SECONDS: 1 })
    session.say(run('p1', 'free', frames.replace('0.3', '2')))
    while (!session.out().includes('begin')) await once(session.child.stdout, 'data')
    session.say('bye\n')
    await session.heard(/^%over$/m)
    expect(exists(session.file('p1/program'))).toBe(true)
    await expect.poll(() => exists(session.file('p1/journal')), { timeout: 20_000, interval: 200 }).toBe(false)
    await expect.poll(() => exists(session.file('.')), { timeout: 5_000 }).toBe(false)
  })

  it('goes on with the program when the controller is gone, and clears up after it', async () => {
    const session = start(shell, { LOST_SECONDS: 1 })
    session.say(run('p1', 'free', frames.replace('0.3', '2')))
    while (!session.out().includes('begin')) await once(session.child.stdout, 'data')
    session.child.stdin.end()
    await session.heard(/^%over$/m)
    expect(readFileSync(session.file('p1/journal'), 'utf8')).toBe('@n begin 1\n')
    await expect.poll(() => exists(session.file('p1/journal')), { timeout: 20_000, interval: 200 }).toBe(false)
    await expect.poll(() => exists(session.file('.')), { timeout: 5_000 }).toBe(false)
  })
})

function exists(path: string): boolean {
  try {
    readFileSync(path)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
