import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent, RunSummary } from '../../src/events/run-event.ts'
import { freePort, type Sshd, startSshd } from './sshd.ts'

// Three hosts with a /run and a /var/lib of their own, and the whole command in between: how hosts wait for each other.
const names = ['cp1', 'w1', 'w2'] as const
const prepare = 'mount -t tmpfs tmpfs /var/lib'
const hosts = new Map<string, Sshd>()
let directory = ''

beforeAll(async () => {
  for (const name of names) hosts.set(name, await startSshd({ prepare }))
})
afterAll(() => Promise.all([...hosts.values()].map((host) => host.stop())))
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-run-'))
  for (const host of hosts.values()) host.shell('rm -rf /var/lib/test; mkdir /var/lib/test')
  return () => rmSync(directory, { recursive: true, force: true })
})

const playbook = `
description: cp1 is made, gives a token to whoever asks, and in the end looks at who joined.
phases:
  - name: prepare
    hosts: all
    tasks:
      - name: Made ready
        command: { run: "SETUP; touch /var/lib/test/ready", creates: /var/lib/test/ready }
  - name: invite
    hosts: { role: control-plane, first: true }
    onDemand: true
    tasks:
      - name: A token
        command: { run: echo minted >>/var/lib/test/minted, always: true, value: echo sesame-2048 }
        output: { name: token, secret: true }
  - name: join
    hosts: { role: worker }
    tasks:
      - name: Joined
        template: { from: token.ejs, to: /var/lib/test/token, mode: "0600" }
        needs: [token]
        output: { name: joined }
      - name: Tells so
        command: { run: "cat /var/lib/test/token >&2; JOIN", unless: JOINED, value: echo yes }
        output: { name: told }
  - name: verify
    hosts: { role: control-plane, first: true }
    tasks:
      - name: Nobody is new
        command: { run: touch /var/lib/test/looked, unless: "[ ! -e /var/lib/test/minted ] || [ -e /var/lib/test/looked ]" }
        needs: [told]
      - name: Who joined
        template: { from: who.ejs, to: /var/lib/test/who }
        needs: [told]
`

interface Changes {
  readonly setup?: Readonly<Record<string, string>>
  readonly join?: Readonly<Record<string, string>>
  readonly ports?: Readonly<Record<string, number>>
  /** Where inventory and playbook are; another operator has another. */
  readonly place?: string
}

/** A shell line that does different things on different hosts: each knows itself by its sshd's directory in /run. */
function perHost(lines: Readonly<Record<string, string>> = {}): string {
  const cases = Object.entries(lines).map(([name, line]) => `${name}) ${line} ;;`)
  return `case $(cat /run/name) in ${cases.join(' ')} *) : ;; esac`
}

function start(changes: Changes = {}, ...options: string[]) {
  const place = changes.place ?? directory
  for (const [name, host] of hosts) host.shell(`echo ${name} >/run/name`)
  const book = playbook
    .replace('SETUP', perHost(changes.setup))
    .replace('JOINED', 'test -e /var/lib/test/told')
    .replace('JOIN', `${perHost(changes.join)}; touch /var/lib/test/told`)
  writeFileSync(join(place, 'book.yaml'), book)
  writeFileSync(join(place, 'token.ejs'), '<%= outputs.token %>\n')
  writeFileSync(join(place, 'who.ejs'), '<%= Object.keys(outputs.told).sort().join(" ") %>\n')
  const inventory = {
    cluster: 'test',
    ssh: { user: 'root' },
    hosts: Object.fromEntries(
      [...hosts].map(([name, host]) => {
        const ssh = { port: changes.ports?.[name] ?? host.port, identityFile: host.file('user') }
        const role = name === 'cp1' ? 'control-plane' : 'worker'
        return [name, { address: '127.0.0.1', role, ssh }]
      }),
    ),
  }
  writeFileSync(join(place, 'hosts.yaml'), JSON.stringify(inventory))
  const words = ['run', join(place, 'book.yaml'), '-i', join(place, 'hosts.yaml'), '--output', 'json', ...options]
  return spawn('bin/provision', words, { stdio: ['ignore', 'pipe', 'pipe'] })
}

interface Run {
  readonly code: number
  readonly printed: string
  readonly events: RunEvent[]
  readonly summary: RunSummary
}

async function finish(child: ReturnType<typeof start>): Promise<Run> {
  const ended = once(child, 'exit') as Promise<[number]>
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await ended
  const events = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunEvent)
  const summary = events.at(-1)
  if (summary?.kind !== 'summary') throw new Error(`no summary: ${complaints}`)
  return { code, printed, events, summary }
}

const run = (changes: Changes = {}, ...options: string[]) => finish(start(changes, ...options))
const outcomes = (summary: RunSummary) => Object.fromEntries(summary.hosts.map((host) => [host.name, host.outcome]))
const on = (name: string, line: string) => hosts.get(name)?.shell(line)
const indexOf = (events: RunEvent[], host: string, title: string, status: string) =>
  events.findIndex(
    (event) => event.kind === 'task' && event.host === host && event.title === title && event.status === status,
  )

describe('values between hosts', () => {
  it.each([['50'], ['1']])('are made when asked for, once, and gathered; %s hosts at once', async (concurrency) => {
    const { code, summary, printed } = await run({}, '--concurrency', concurrency)
    expect(code).toBe(0)
    expect(outcomes(summary)).toEqual({ cp1: 'changed', w1: 'changed', w2: 'changed' })
    expect(on('cp1', 'cat /var/lib/test/minted')).toBe('minted\n')
    expect(on('w1', 'cat /var/lib/test/token')).toBe('sesame-2048\n')
    expect(on('cp1', 'cat /var/lib/test/who')).toBe('w1 w2\n')
    expect(printed).not.toContain('sesame-2048')
    expect(summary.hosts.map((host) => [host.connections, host.execs])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ])
  })

  it('have what was found right before they came looked at again, where they came of a change', async () => {
    await run()
    for (const name of ['w1', 'w2']) on(name, 'rm /var/lib/test/told')
    on('cp1', 'rm /var/lib/test/minted /var/lib/test/looked')
    // w1 has its token, so that nobody asks cp1 for one; w2 has to.
    on('w2', 'rm /var/lib/test/token')
    const { summary, events } = await run()
    expect(outcomes(summary)).toEqual({ cp1: 'changed', w1: 'changed', w2: 'changed' })
    const looked = (status: string) => indexOf(events, 'cp1', 'Nobody is new', status)
    expect(looked('ok')).toBeGreaterThan(-1)
    expect(looked('changed')).toBeGreaterThan(indexOf(events, 'w2', 'Tells so', 'changed'))
    expect(summary.hosts.map((host) => host.execs)).toEqual([1, 1, 1])
    const again = await run()
    expect(again.events.filter((event) => event.kind === 'task' && event.title === 'Nobody is new')).toHaveLength(1)
  })

  it('are not made where nobody asks', async () => {
    await run()
    on('cp1', 'rm /var/lib/test/minted')
    // Nothing to do on the workers; a template without its value cannot tell and asks, so only what needs none is left.
    const { summary } = await run({}, '--limit', 'cp1')
    expect(outcomes(summary)).toEqual({ cp1: 'changed' })
    expect(on('cp1', 'ls /var/lib/test')).not.toContain('minted')
  })

  it('come from a host outside the selection, which does nothing else', async () => {
    const { code, summary } = await run({}, '--limit', 'w2')
    expect(code).toBe(0)
    expect(outcomes(summary)).toEqual({ w2: 'changed', cp1: 'changed' })
    expect(on('cp1', 'ls /var/lib/test')).toBe('minted\n')
    expect(on('w1', 'ls /var/lib/test')).toBe('')
  })
})

describe('hosts do not wait for others', () => {
  it('a slow worker delays nobody', async () => {
    const { events, code } = await run({ setup: { w1: 'sleep 4' } })
    expect(code).toBe(0)
    expect(indexOf(events, 'w2', 'Tells so', 'changed')).toBeLessThan(indexOf(events, 'w1', 'Made ready', 'changed'))
  })

  it('a worker that fails is left out, and fails the run', async () => {
    const { code, summary } = await run({ join: { w1: 'echo broken disk >&2; false' } })
    expect(code).toBe(1)
    expect(outcomes(summary)).toEqual({ cp1: 'changed', w1: 'failed', w2: 'changed' })
    expect(on('cp1', 'cat /var/lib/test/who')).toBe('w2\n')
    const failure = summary.failures[0]
    expect(failure).toMatchObject({ host: 'w1', title: 'Tells so', stage: 'apply', code: 1 })
    expect(failure?.source).toMatchObject({
      file: join(directory, 'book.yaml'),
      line: 1 + playbook.split('\n').findIndex((line) => line.includes('Tells so')),
    })
    // The task printed the token before it failed.
    expect(failure?.log).toBe('[redacted]\nbroken disk\n')
  })
})

describe('a host that cannot give what others need', () => {
  it('because it fails before', async () => {
    const { code, summary } = await run({ setup: { cp1: 'false' } })
    expect(code).toBe(1)
    expect(outcomes(summary)).toEqual({ cp1: 'failed', w1: 'not-attempted', w2: 'not-attempted' })
    expect(summary.hosts[1]?.error).toContain('cp1 failed before producing it')
  })

  it('because it cannot be reached', async () => {
    const { code, summary } = await run({ ports: { cp1: await freePort() } })
    expect(code).toBe(1)
    expect(outcomes(summary)).toEqual({ cp1: 'unreachable', w1: 'not-attempted', w2: 'not-attempted' })
    expect(summary.hosts[1]?.error).toMatch(/^token is unavailable: cp1: connection refused by 127/)
  })
})

it('an interrupt lets the running task end and begins no other', async () => {
  const child = start({ setup: Object.fromEntries(names.map((name) => [name, 'touch /var/lib/test/begun; sleep 8'])) })
  const begun = () => names.every((name) => on(name, 'ls /var/lib/test') === 'begun\n')
  void expect
    .poll(begun, { timeout: 60_000 })
    .toBe(true)
    .finally(() => child.kill('SIGINT'))
  const { code, summary } = await finish(child)
  expect(code).toBe(130)
  expect(outcomes(summary)).toEqual({ cp1: 'stopped', w1: 'stopped', w2: 'stopped' })
  for (const name of names) expect(on(name, 'ls /var/lib/test')).toBe('begun\nready\n')
})

describe('a host that takes connections and then says nothing', () => {
  const silent = createServer()
  beforeAll(() => once(silent.listen(0, '127.0.0.1'), 'listening'))
  afterAll(() => silent.close())
  const w2 = () => ({ w2: (silent.address() as AddressInfo).port })

  it('does not keep an operator waiting who is refused', async () => {
    const first = start({ setup: { cp1: 'sleep 15' } })
    for await (const lines of first.stdout) if (String(lines).includes('"status":"start"')) break
    const place = join(directory, 'elsewhere')
    mkdirSync(place)
    const second = start({ place, ports: w2() }, '--timeout', '10m')
    const printed = await text(second.stdout)
    first.kill('SIGKILL')
    expect(printed).toMatch(/"kind":"refused",.*"exitCode":4,.*is locked by/)
    expect(printed).not.toContain('aborted')
  })

  it('does not keep an operator waiting who interrupts', async () => {
    const child = start({ ports: w2() }, '--timeout', '10m')
    let interrupted = false
    child.stdout.on('data', (lines) => {
      if (!interrupted && String(lines).includes('Made ready')) interrupted = child.kill('SIGINT')
    })
    const { code, summary } = await finish(child)
    expect(code).toBe(130)
    expect(summary.hosts[2]).toMatchObject({ name: 'w2', outcome: 'stopped' })
    expect(summary.hosts[2]?.error).toBeUndefined()
  })
})

it('what a run knew is kept beside the inventory, for its owner only', async () => {
  const { summary } = await run()
  const record = join(directory, '.provision/test/runs', summary.run)
  expect(JSON.parse(readFileSync(join(record, 'summary.json'), 'utf8'))).toMatchObject({
    run: summary.run,
    exitCode: 0,
  })
  expect(readFileSync(join(record, 'events.jsonl'), 'utf8')).not.toContain('sesame-2048')
})
