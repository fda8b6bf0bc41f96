import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LockedError } from '../../../src/errors.ts'
import type { RunEvent } from '../../../src/events/run-event.ts'
import type { HostFacts } from '../../../src/host-facts.ts'
import type { Host, Inventory } from '../../../src/inventory/inventory.ts'
import { type RunOptions, runPlaybooks } from '../../../src/run/run.ts'
import { createRedactor } from '../../../src/secrets/redact.ts'
import type { Session, Target } from '../../../src/transport/transport.ts'

// Hosts whose programs do nothing, one of them slowly.

const hosts = ['quick', 'slow'].map((name) => ({ name, role: 'worker', state: 'up' }) as Host)
const identity = { family: 'debian', id: 'debian', version: '13', clockOffset: 0 } as Session['identity']

/** `held`: the host that says another run holds it. */
async function run(onEvent: (event: RunEvent) => void, over: Partial<RunOptions> = {}, held?: string) {
  const log: string[] = []
  const transport = {
    check: async () => {},
    open: async ({ name }: Target) => {
      if (name === held) throw new LockedError(`${name} is held by eve`, 'wait until it ends')
      return {
        identity,
        traffic: { connections: 1, execs: 1, bytesSent: 0, bytesReceived: 0 },
        run: async function* () {
          await sleep(name === 'slow' ? 200 : 0)
          log.push(`${name} ended`)
          yield { kind: 'end', result: 'done' } as const
        },
        stop: async () => {},
        close: async () => void log.push(`${name} closed`),
      } as unknown as Session
    },
  }
  const running = runPlaybooks({
    run: 'r1',
    lock: undefined,
    mode: 'apply',
    inventory: { hosts } as unknown as Inventory,
    selected: hosts,
    outputs: [],
    transport,
    target: async (host) => ({ name: host.name }) as Target,
    plan: (host, facts: HostFacts) => ({ host: host.name, facts, tasks: [], onDemand: [] }),
    compileInput: () => ({ render: () => '', readFile: () => Buffer.alloc(0), readFolder: () => new Map() }),
    prelude: () => '',
    redactor: createRedactor(),
    onEvent,
    concurrency: 10,
    connectTimeout: 1,
    stopping: new AbortController().signal,
    ...over,
  })
  return { log, result: await running.catch((error: unknown) => error) }
}

const inOrder = ['quick ended', 'slow ended', 'quick closed', 'slow closed']

describe('what goes wrong beside one host ends no other', () => {
  it('a view or a record that throws', async () => {
    const { log, result } = await run((event) => {
      if (event.kind === 'host-finished') throw new Error('no space left on device')
    })
    expect(log).toEqual(inOrder)
    expect(result).toEqual(new Error('no space left on device'))
  })

  it('a host whose journey throws what nobody foresaw', async () => {
    const finished: string[] = []
    const { log } = await run(
      (event) => {
        if (event.kind === 'host-finished') finished.push(`${event.host} ${event.outcome}`)
      },
      {
        plan: (host, facts) => {
          if (host.name === 'quick') throw new TypeError('a fault of ours')
          return { host: host.name, facts, tasks: [], onDemand: [] }
        },
      },
    )
    expect(log).toEqual(inOrder.slice(1))
    expect(finished).toEqual(['quick failed', 'slow converged'])
  })

  it('a worker that says another run holds it', async () => {
    const finished: RunEvent[] = []
    const { log, result } = await run((event) => event.kind === 'host-finished' && finished.push(event), {}, 'slow')
    expect(log).toEqual(['quick ended', 'quick closed'])
    expect(result).not.toBeInstanceOf(Error)
    expect(finished).toMatchObject([
      { host: 'slow', outcome: 'failed', error: 'slow is held by eve', hint: 'wait until it ends' },
      { host: 'quick', outcome: 'converged' },
    ])
  })
})

it('hosts of the selection are those of the inventory by their names', async () => {
  const selected = hosts.map((host) => ({ ...host }))
  const { log } = await run(() => {}, { selected })
  expect(log).toEqual(inOrder)
})

describe('the whole run is refused', () => {
  it.each(['worker', 'control-plane'] as const)(
    'where the host that stands for the cluster is held: a %s',
    async (role) => {
      const selected = hosts.map((host) => (host.name === 'quick' ? { ...host, role } : host))
      const { log, result } = await run(
        () => {},
        { selected, inventory: { hosts: selected } as unknown as Inventory },
        'quick',
      )
      expect(result).toBeInstanceOf(LockedError)
      expect(log).not.toContain('slow ended')
    },
  )
})

describe('programs know whether a control plane holds the cluster', () => {
  const plane = { name: 'quick', role: 'control-plane', state: 'up' } as Host
  const both = [plane, { name: 'slow', role: 'worker', state: 'up' } as Host]
  const kept = { authorities: [], file: '' }
  it.each([
    ['which it does', { name: 'quick', authorities: ['A'], server: '', rest: 'etcd' }, 'make', true],
    ['which it does not', undefined, 'make', false],
    ['which is restored', { name: 'quick', authorities: ['A'], server: '', rest: 'etcd' }, 'replace', false],
  ] as const)('%s', async (_what, node, nodes, held) => {
    const texts: string[] = []
    const transport = {
      check: async () => {},
      open: async ({ name }: Target, { onGreeting }: { onGreeting?: (identity: Session['identity']) => void }) => {
        const own = {
          ...identity,
          bootId: name,
          machineId: '',
          node: name === 'quick' ? node : undefined,
        } as Session['identity']
        // The control plane comes last.
        await sleep(name === 'quick' ? 50 : 0)
        onGreeting?.(own)
        return {
          identity: own,
          traffic: { connections: 1, execs: 1, bytesSent: 0, bytesReceived: 0 },
          run: async function* ({ text }: { text: string }) {
            texts.push(text)
            yield { kind: 'end', result: 'done' } as const
          },
          stop: async () => {},
          close: async () => {},
        } as unknown as Session
      },
    }
    const inventory = { cluster: 'x', hosts: both } as unknown as Inventory
    await run(() => {}, { transport, selected: both, inventory, expected: { nodes, kept } })
    expect(texts.map((text) => text.includes('\nP_CLUSTER_HELD=1\n'))).toEqual([held, held])
  })
})
