import { existsSync, globSync, writeFileSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/events/run-event.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  on,
  provision,
  type Ran,
  type Running,
  removeLab,
  start,
  type TestLab,
  variant,
  writePlaybook,
} from './harness.ts'

let lab: TestLab
/** The same cluster, kept by somebody else in a directory of their own, whose locks this one does not see. */
let elsewhere: string

beforeAll(async () => {
  lab = await freshLab()
  elsewhere = variant(lab, 'elsewhere', () => {})
})

afterAll(removeLab)

describe('while one operator provisions', () => {
  const me = `${userInfo().username}@${hostname()}`
  const events: RunEvent[] = []
  let first: Running
  let finished: Ran

  test('a worker that crawls delays nobody else', async () => {
    // Two hundredths of a processor, from the moment it has let us in until everybody else is done.
    const others = new Promise<void>((resolve) => {
      first = start(lab, [], {
        onEvent(event) {
          events.push(event)
          if (event.kind === 'phase' && event.host === 'w1' && event.phase === 'prepare') throttle('w1', 2)
          if (changed('w2', 'kubeadm join') && changed('cp1', 'Pod network')) resolve()
        },
      })
      first.ended.then((ran) => {
        finished = ran
        resolve()
      })
    })
    await others
    expect(finished, 'the first run').toBeUndefined()
    expect(changed('w1', 'kubeadm, kubelet and kubectl')).toBe(false)
  })

  test.each(['in the same directory', 'in another one'])(
    'a second one %s is told who, since when and from where',
    async (place) => {
      const inventory = place === 'in another one' ? elsewhere : lab.inventory
      const ran = await provision(lab, [], { inventory })
      const begun = new Date(events[0]?.at ?? 0).toISOString().slice(0, 16)
      expect(ran.code, ran.output).toBe(4)
      expect(ran.events.filter((event) => event.kind === 'task')).toEqual([])
      expect(ran.events.at(-1)).toMatchObject({ kind: 'refused', exitCode: 4 })
      expect(ran.output).toContain(me)
      expect(ran.output).toContain(`since ${begun}`)
    },
  )

  test('the first one is not disturbed', async () => {
    throttle('w1', 100)
    expectCode(await first.ended, 0)
  })

  function changed(host: string, title: string): boolean {
    return events.some(
      (event) => event.kind === 'task' && event.host === host && event.title === title && event.status === 'changed',
    )
  }
})

describe('an operator who was killed', () => {
  test('is in nobody’s way, and what was begun is not done twice at once', async () => {
    const run = 'echo begin >>/run/long; sleep 8; echo end >>/run/long'
    const file = await writePlaybook(lab, 'long.yaml', [`command: { run: "${run}", always: true }`])
    await new Promise<void>((resolve) => {
      const killed = start(lab, ['run', file], {
        onEvent(event, child) {
          if (event.kind === 'task' && event.host === 'w2' && event.status === 'start') child.kill('SIGKILL')
        },
      })
      killed.ended.then(() => resolve())
    })
    const ran = await provision(lab, ['run', file], { inventory: elsewhere })
    expectCode(ran, 0)
    expect(await on(lab, 'w2', 'cat /run/long')).toBe('begin\nend\nbegin\nend\n')
  })
})

/** Lets a host have so many hundredths of one processor. */
function throttle(name: string, hundredths: number): void {
  const { id } = hostOf(lab, name)
  const unified = `/sys/fs/cgroup/${id}/cpu.max`
  const [file, all] = existsSync(unified)
    ? [unified, 'max']
    : [globSync(`/sys/fs/cgroup/*/${id}/cpu.cfs_quota_us`)[0], '-1']
  if (file === undefined) throw new Error('this machine cannot limit what a cgroup gets of its processors')
  // Both kernels count microseconds of a tenth of a second.
  writeFileSync(file, hundredths >= 100 ? all : String(hundredths * 1000))
}
