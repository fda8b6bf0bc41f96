import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { compiling } from '../../../src/compile/load.ts'
import type { ProgramEvent } from '../../../src/events/event.ts'
import type { RunEvent } from '../../../src/events/run-event.ts'
import { loadInventory } from '../../../src/inventory/load.ts'
import { loadPlaybooks } from '../../../src/playbook/load.ts'
import { outputsOf } from '../../../src/playbook/outputs.ts'
import { runPlaybooks } from '../../../src/run/run.ts'
import { createRedactor } from '../../../src/secrets/redact.ts'
import type { SendableProgram, Session, Transport } from '../../../src/transport/transport.ts'

// Hosts that say what no program of ours says: the run as it is, over sessions that answer as they like.
const directory = mkdtempSync(join(tmpdir(), 'hostile-words-'))
afterAll(() => rmSync(directory, { recursive: true }))
writeFileSync(
  join(directory, 'hosts.yaml'),
  'cluster: prod\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.12, role: worker }\n  w2: { address: 10.0.0.13, role: worker }\n',
)
writeFileSync(
  join(directory, 'book.yaml'),
  `
description: A token for who joins, a key for control planes, and a name of each.
phases:
  - name: invite
    hosts: { role: control-plane, first: true }
    onDemand: true
    tasks:
      - name: A token
        command: { run: ":", unless: ":", value: echo }
        output: { name: joinToken, secret: true }
  - name: key
    hosts: { role: control-plane }
    onDemand: true
    tasks:
      - name: A key
        command: { run: ":", unless: ":", value: echo }
        output: { name: certificateKey, secret: true }
  - name: join
    hosts: all
    tasks:
      - name: Joined
        command: { run: ":", unless: ":", value: echo }
        needs: [joinToken]
        output: { name: joined }
      - name: After
        command: { run: ":", unless: ":" }
`,
)

type Says = (program: SendableProgram, count: number) => ProgramEvent[]
const token = 'abcdef.0123456789abcdef'
const end = (result: 'done' | 'needs' = 'done'): ProgramEvent => ({ kind: 'end', result })
const idsOf = (program: SendableProgram) =>
  [...program.text.matchAll(/^# (t\d+) /gm)].map((match) => match[1] as string)
/** What a host says that does as it is told. */
const honest: Says = (program) => [
  ...idsOf(program).flatMap((task): ProgramEvent[] => {
    const name = new RegExp(`^${task}_outputs=(\\S+)`, 'm').exec(program.text)?.[1]
    const value = name === 'joinToken' ? token : name === 'certificateKey' ? 'a'.repeat(64) : 'joined'
    return [{ kind: 'ok', task }, ...(name === undefined ? [] : [{ kind: 'output', name, value } as const])]
  }),
  end(),
]
const needing: Says = (program, count) =>
  count > 1
    ? honest(program, count)
    : [{ kind: 'need', task: idsOf(program)[0] ?? '', names: ['joinToken'] }, end('needs')]

async function run(hosts: Readonly<Record<string, Says>>) {
  const inventory = loadInventory(join(directory, 'hosts.yaml'))
  const playbooks = loadPlaybooks([join(directory, 'book.yaml')])
  const stop = new AbortController()
  const programs: Record<string, number> = {}
  const sent: string[] = []
  const events: RunEvent[] = []
  const open = async (name: string): Promise<Session> => ({
    identity: {
      family: 'debian',
      id: 'debian',
      version: '13',
      codename: 'trixie',
      arch: 'amd64',
      bootId: `boot of ${name}`,
      machineId: '',
      pidNamespace: '',
      hostname: name,
      clockOffset: 0,
    },
    traffic: { connections: 1, execs: 1, bytesSent: 0, bytesReceived: 0 },
    async *run(program) {
      const count = (programs[name] ?? 0) + 1
      programs[name] = count
      if (count > 20) stop.abort()
      if (/^# t\d+ .*A key$/m.test(program.text)) sent.push('A key')
      yield* (hosts[name] ?? honest)(program, count)
    },
    fetch: () => Promise.reject(new Error('no')),
    store: async () => {},
    stop: async () => {},
    reboot: async () => {},
    close: async () => {},
  })
  const redactor = createRedactor()
  await runPlaybooks({
    run: 'r',
    lock: undefined,
    mode: 'apply',
    inventory,
    selected: inventory.hosts,
    outputs: outputsOf(playbooks, inventory),
    transport: { open: (target) => open(target.name), check: async () => {} } satisfies Transport,
    target: async (host) => ({ name: host.name, address: host.address, port: 22, user: '', hostKeys: 'pin' }),
    ...compiling(inventory, playbooks),
    prelude: () => '',
    redactor,
    onEvent: (event) => events.push(event),
    concurrency: 4,
    connectTimeout: 5,
    stopping: stop.signal,
  })
  const finished = events.filter((event) => event.kind === 'host-finished')
  const last = (name: string) => finished.findLast((event) => event.host === name)
  return {
    programs,
    sent,
    events,
    redactor,
    outcome: (name: string) => last(name)?.outcome,
    error: (name: string) => last(name)?.error,
  }
}

describe('needs', () => {
  it('of tasks that name them are met', async () => {
    const { outcome, programs } = await run({ w1: needing })
    expect(['cp1', 'w1', 'w2'].map(outcome)).toEqual(['converged', 'converged', 'converged'])
    expect(programs.w1).toBe(2)
  })

  it.each<readonly [what: string, says: Says, why: RegExp]>([
    ['without a word of what', () => [end('needs')], /had not requested/],
    [
      'of no value',
      (program) => [{ kind: 'need', task: idsOf(program)[0] ?? '', names: [] }, end('needs')],
      /had not requested/,
    ],
    [
      'of a task that was not sent',
      () => [{ kind: 'need', task: 't99', names: ['joinToken'] }, end('needs')],
      /had not requested/,
    ],
    [
      'that the task does not name',
      (program) => [{ kind: 'need', task: idsOf(program)[0] ?? '', names: ['certificateKey'] }, end('needs')],
      /requested certificateKey, which its task t\d+ does not need/,
    ],
    [
      'once more after they were met',
      (program) => [{ kind: 'need', task: idsOf(program)[0] ?? '', names: ['joinToken'] }, end('needs')],
      /requested joinToken/,
    ],
  ])('%s end that host alone', async (_what, says, why) => {
    const { outcome, error, programs, sent } = await run({ w1: says })
    expect(outcome('w1')).toBe('failed')
    expect(error('w1')).toMatch(why)
    expect(programs.w1).toBeLessThan(3)
    expect([outcome('cp1'), outcome('w2')]).toEqual(['converged', 'converged'])
    expect(sent).toEqual([])
  })
})

describe('values', () => {
  const giving =
    (value: string): Says =>
    (program, count) =>
      honest(program, count).map((event) =>
        event.kind === 'output' && event.name === 'joinToken' ? { ...event, value } : event,
      )

  it('that are none fail who gives them and who waits, and nobody else', async () => {
    const { outcome, error, redactor } = await run({ cp1: giving('done'), w1: needing })
    expect(outcome('w1')).toBe('not-attempted')
    expect(error('w1')).toMatch(/joinToken is unavailable: cp1: it gave a joinToken that is not of its form/)
    expect(outcome('w2')).toBe('converged')
    expect(redactor.text('all is done')).toBe('all is done')
  })

  it('that never come although all is said to be done are not waited for', async () => {
    const silent: Says = (program, count) =>
      honest(program, count).filter((event) => event.kind !== 'output' || event.name !== 'joinToken')
    const { outcome, error } = await run({ cp1: silent, w1: needing })
    expect(outcome('w1')).toBe('not-attempted')
    expect(error('w1')).toMatch(/joinToken is unavailable: cp1 failed before producing it/)
  })

  it('of a form that is refused fail the host', async () => {
    const says: Says = (program) => [
      { kind: 'ok', task: idsOf(program)[0] ?? '' },
      { kind: 'output', name: 'joined', value: '$(id)' },
      end(),
    ]
    const { outcome, error } = await run({ w1: says })
    expect([outcome('w1'), error('w1')]).toEqual(['failed', 'it gave a joined that is not of its form'])
    expect(outcome('w2')).toBe('converged')
  })
})

it('tasks end once, and what is none of the program is not told', async () => {
  const says: Says = (program) => [
    ...idsOf(program).flatMap((task): ProgramEvent[] => [
      { kind: 'changed', task },
      { kind: 'changed', task },
      { kind: 'failed', task, stage: 'apply', code: 1 },
    ]),
    { kind: 'changed', task: 't99' },
    { kind: 'output', name: 'certificateKey', value: 'a'.repeat(64) },
    ...Array.from(
      { length: 300 },
      (): ProgramEvent => ({ kind: 'note', task: idsOf(program)[0] ?? '', text: 'x'.repeat(9000) }),
    ),
    end(),
  ]
  const { events } = await run({ w1: says })
  const told = events.filter((event) => event.kind === 'task' && event.host === 'w1')
  expect(told.map((event) => event.kind === 'task' && event.status)).toEqual(['changed', 'changed'])
  const notes = events.filter((event) => event.kind === 'notice')
  expect(notes).toHaveLength(101)
  expect(Math.max(...notes.map((event) => JSON.stringify(event).length))).toBeLessThan(2200)
})
