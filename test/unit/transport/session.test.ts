import { setImmediate } from 'node:timers/promises'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { UnreachableError } from '../../../src/errors.ts'
import type { ProgramEvent } from '../../../src/events/event.ts'
import { createInbox } from '../../../src/transport/inbox.ts'
import type { Item, Link } from '../../../src/transport/link.ts'
import type { HostNotice } from '../../../src/transport/notice.ts'
import { createSession, type Opened, type SessionHost } from '../../../src/transport/session.ts'

// A session over links of our own making, which do with each verb what a test says.

type Push = (item: Item) => void

function fakeLink(onVerb: (verb: string, push: Push) => void): Link {
  const inbox = createInbox<Item>(
    () => {},
    () => {},
  )
  const ended = Promise.withResolvers<void>()
  return {
    inbox,
    connection: {} as Link['connection'],
    sentAt: () => 0,
    said: () => [],
    lost: () => false,
    ended: ended.promise,
    drained: async () => {},
    send: (verb: string) =>
      setTimeout(() => {
        if (verb === 'bye') ended.resolve()
        onVerb(verb, (item) => inbox.push(item))
      }),
    expect: () => {},
    close: () => ended.resolve(),
  } as Link
}

function session(onVerb: (verb: string, push: Push) => void, over: Partial<SessionHost> = {}) {
  const notices: HostNotice[] = []
  const opened = (bootId: string): Opened => ({
    link: fakeLink(onVerb),
    identity: { bootId, clockOffset: 0 } as Opened['identity'],
  })
  let opens = 0
  const made = createSession(
    {
      name: 'n1',
      open: async () => {
        opens += 1
        return opened('b')
      },
      notify: (notice) => notices.push(notice),
      traffic: () => ({ connections: opens, execs: opens, bytesSent: 0, bytesReceived: 0 }),
      locked: true,
      pingSeconds: 1000,
      patience: 1,
      here: false,
      ...over,
    },
    opened('b'),
  )
  return { made, notices, opens: () => opens }
}

async function all(events: AsyncIterable<ProgramEvent>): Promise<ProgramEvent[]> {
  const seen: ProgramEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

const program = { id: 'p1', nonce: 'n', text: 'true\n' }
const lost: Item = { kind: 'lost', reason: 'Keepalive timeout' }
const kinds = (notices: readonly HostNotice[]): string[] => notices.map((notice) => notice.kind)

describe('a host that lets us in and nothing through', () => {
  it('is given up with what was waited for, and is never said to be back', async () => {
    const { made, notices, opens } = session((verb, push) => verb.startsWith('run') && push(lost))
    const running = all(made.run(program))
    await expect(running).rejects.toThrow(UnreachableError)
    await expect(running).rejects.toThrow(/n1 accepts the login, but sent no data for \d s.*the upload of its program/)
    expect(kinds(notices)).not.toContain('reconnected')
    expect(kinds(notices).filter((kind) => kind === 'connection-lost')).toHaveLength(1)
    expect(opens()).toBeLessThan(10)
  })

  it('is given up though it says again and again what it has of a file', async () => {
    const { made } = session((verb, push) => {
      if (verb.startsWith('store')) push({ kind: 'answer', words: ['has', verb.split(' ')[1] ?? '', '0'] })
      if (verb.startsWith('part')) push(lost)
    })
    const content = async function* () {
      yield Buffer.from('abc')
    }
    const upload = { path: '/x', size: 3, sha256: 'a', open: content }
    await expect(made.store(upload)).rejects.toThrow(/sent no data for \d s while waiting for the upload of \/x/)
  })
})

it('a connection that is lost often, and carries something each time, is not given up', async () => {
  let journal = 0
  const { made, notices } = session(
    (verb, push) => {
      if (!/^(run|follow)/.test(verb)) return
      const line = journal < 8 ? `@n ok t${journal}\n` : '@n end done\n'
      journal += 1
      setTimeout(() => {
        push({ kind: 'journal', bytes: Buffer.from(line) })
        push(lost)
      }, 200)
    },
    { patience: 0.5 },
  )
  expect(await all(made.run(program))).toHaveLength(9)
  expect(kinds(notices).filter((kind) => kind === 'reconnected')).toHaveLength(8)
})

it('a program that does not speak is told of, and given up past its deadline', async () => {
  let arrived = false
  const { made, notices } = session((verb, push) => {
    if (!verb.startsWith('run')) return
    arrived = true
    push({ kind: 'journal', bytes: Buffer.from('@n begin 1\n@n start t1\n') })
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
  const running = all(made.run({ ...program, deadlines: new Map([['t1', 90]]) }))
  let over = false
  running
    .catch(() => {})
    .finally(() => {
      over = true
    })
  // It is compressed in a thread, which no clock of ours drives.
  while (!arrived) {
    await setImmediate()
    await vi.advanceTimersByTimeAsync(0)
  }
  for (let second = 0; second < 200 && !over; second += 1) {
    await setImmediate()
    await vi.advanceTimersByTimeAsync(1000)
  }
  await expect(running).rejects.toThrow(/its program was silent for \d+ s, and its task t1 has a deadline of 90 s/)
  expect(notices).toEqual([{ kind: 'silent', seconds: 60 }])
})

describe('an operator who interrupts', () => {
  it('is not kept waiting for a host that reboots', async () => {
    const stop = new AbortController()
    const { made } = session((verb, push) => verb === 'reboot' && push(lost), { signal: stop.signal })
    const rebooting = made.reboot(900)
    setTimeout(() => stop.abort(new Error('interrupted')), 50)
    await expect(rebooting).rejects.toThrow('interrupted')
  })

  it('is not kept waiting for a file that does not come', async () => {
    const stop = new AbortController()
    const { made } = session(() => {}, { signal: stop.signal })
    const fetching = made.fetch('/x')
    setTimeout(() => stop.abort(new Error('interrupted')), 50)
    await expect(fetching).rejects.toThrow('interrupted')
  })
})
