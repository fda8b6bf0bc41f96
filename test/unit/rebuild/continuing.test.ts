import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, it, vi } from 'vitest'

// A rebuild's journal that was left over, on a cluster that is well: only the way to hosts and the question are replaced.
const { execute, confirmCluster } = vi.hoisted(() => ({ execute: vi.fn(), confirmCluster: vi.fn() }))
vi.mock('../../../src/operations/execute.ts', () => ({ execute }))
vi.mock('../../../src/views/ask.ts', () => ({ confirmCluster, askSecret: async () => 'x' }))
// Files of tests share what is imported: what was imported before knows nothing of what is replaced here.
vi.resetModules()
const { createProgram } = await import('../../../src/cli/program.ts')

const top = mkdtempSync(join(tmpdir(), 'provision-continuing-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))
const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const looks = new Map([
  ['cp1', read('control-plane.txt')],
  ['w1', read('worker.txt')],
])

let inventory = ''
let journal = ''
let changed: string[] = []
beforeEach(() => {
  const place = mkdtempSync(join(top, 'case-'))
  inventory = join(place, 'hosts.yaml')
  journal = join(place, '.provision/prod/rebuild/state.json')
  writeFileSync(
    inventory,
    'cluster: prod\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.12, role: worker }\n',
  )
  mkdirSync(join(journal, '..'), { recursive: true })
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 21, 12), toFake: ['Date'] })
  changed = []
  execute.mockReset().mockImplementation(async (work) => {
    if (work.observe) return { outputs: new Map([['look', looks]]), summary: { exitCode: 0, failures: [], hosts: [] } }
    changed.push(
      ...work.playbooks.flatMap((book: { phases: { name: string }[] }) => book.phases.map((each) => each.name)),
    )
    const comparison = new Map([['comparison', new Map([['cp1', 'kind\tsecrets\t3\t3\t0\n']])]])
    return { outputs: comparison, summary: { exitCode: 0, failures: [], hosts: [], warnings: [] } }
  })
  confirmCluster.mockReset().mockRejectedValue(new Error('asked'))
  return () => vi.useRealTimers()
})

const left = (over: object) =>
  writeFileSync(
    journal,
    JSON.stringify({
      format: 1,
      id: '20260901-100000-abcd',
      begunAt: '2026-09-01T10:00:00.000Z',
      kind: 'empty',
      stage: 'saved',
      from: 'nothing',
      before: {},
      ...over,
    }),
  )
const rebuild = (...words: string[]) =>
  createProgram().parseAsync(['rebuild', '-i', inventory, '-o', 'plain', ...words], { from: 'user' })

it('is looked at and asked about before anything is changed', async () => {
  left({})
  await expect(rebuild()).rejects.toThrow('asked')
  expect(confirmCluster.mock.calls[0]?.[1]).toMatch(/all data of the cluster is lost/)
  expect(changed).toEqual([])
})

it.each([
  [['--yes'], /its CA was created later/],
  [['--yes', '--empty'], /its CA was created later/],
  [['--yes', '--force'], /--yes alone does not confirm that/],
])('is not obeyed for %j alone', async (words, refused) => {
  left({})
  await expect(rebuild(...words)).rejects.toThrow(refused)
  expect(changed).toEqual([])
})

it('that resets hosts is gone on with where that is said again', async () => {
  left({ begunAt: '2026-11-21T11:00:00.000Z' })
  await expect(rebuild('--yes')).rejects.toThrow(/serves a cluster, which it did not then/)
  await expect(rebuild('--yes', '--force')).rejects.toThrow(/--yes alone does not confirm that/)
  confirmCluster.mockResolvedValue(undefined)
  await rebuild('--yes', '--force', '--empty')
  expect(changed).toContain('displace etcd data')
})

it('of a repair destroys nothing, and is finished without a question', async () => {
  left({ kind: 'repair', begunAt: '2026-11-21T11:00:00.000Z' })
  await rebuild()
  expect(confirmCluster).not.toHaveBeenCalled()
  expect(changed).toContain('release hosts')
  expect(existsSync(journal)).toBe(false)
})
