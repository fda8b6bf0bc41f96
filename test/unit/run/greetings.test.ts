import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MistakenHosts } from '../../../src/errors.ts'
import type { Host } from '../../../src/inventory/inventory.ts'
import { Greetings } from '../../../src/run/greetings.ts'
import type { Mistake } from '../../../src/run/identity.ts'
import type { HostIdentity } from '../../../src/transport/transport.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const host = (name: string) => ({ name, reach: name }) as Host
const machine = (bootId: string) => ({ bootId, machineId: '', pidNamespace: '' }) as HostIdentity

/** @param wrong hosts that are not what they should be */
function greetings(awaited: number, ...wrong: string[]) {
  const judge = () => wrong.map((name): Mistake => ({ host: name, problem: { message: `${name} is another` } }))
  const given = new Greetings(awaited, judge)
  let over = false
  void given.over.then(() => {
    over = true
  })
  const overAfter = async (seconds: number) => {
    await vi.advanceTimersByTimeAsync(seconds * 1000)
    return over
  }
  return { given, overAfter }
}

describe('hosts wait for each other', () => {
  it('until all have greeted or failed to', async () => {
    const { given, overAfter } = greetings(2)
    given.settled()
    expect(await overAfter(1)).toBe(false)
    given.settled()
    expect(await overAfter(0)).toBe(true)
  })

  it('for no more than five seconds without a greeting', async () => {
    const { given, overAfter } = greetings(4)
    for (const _ of [1, 2, 3]) {
      given.settled()
      expect(await overAfter(4)).toBe(false)
    }
    expect(await overAfter(1)).toBe(true)
  })

  it('not where all fail', async () => {
    const { given, overAfter } = greetings(1)
    given.settled()
    expect(await overAfter(0)).toBe(true)
  })
})

describe('a host is judged', () => {
  it('with all others, while they wait for each other', () => {
    const { given } = greetings(2, 'w1')
    given.greet(host('w1'), machine('a'))
    expect(given.all.map((each) => each.host.name)).toEqual(['w1'])
  })

  it('by itself where it comes late', async () => {
    const { given, overAfter } = greetings(3, 'w2')
    given.settled()
    await overAfter(5)
    given.greet(host('w1'), machine('a'))
    expect(() => given.greet(host('w2'), machine('b'))).toThrow(MistakenHosts)
  })

  it('at once where it is another one, too', () => {
    const { given } = greetings(2)
    given.greet(host('cp1'), machine('a'))
    expect(() => given.greet(host('w1'), machine('a'))).toThrow('w1 and cp1 are one machine')
  })

  it('once, however often its connection is lost', () => {
    const { given } = greetings(2)
    for (const boot of ['a', 'a', 'b']) given.greet(host('cp1'), machine(boot))
    expect(given.all).toHaveLength(1)
  })

  it('and nothing else, where nobody is to be changed', () => {
    const given = new Greetings(1, () => [])
    given.settled()
    given.greet(host('w1'), machine('a'))
    expect(() => given.greet(host('w2'), machine('a'))).toThrow('one machine')
  })
})
