import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'

const execute = vi.hoisted(() => vi.fn())
vi.mock('../../../src/operations/execute.ts', () => ({ execute }))
// Files of tests share what is imported: what was imported before knows nothing of what is replaced here.
vi.resetModules()
const { createProgram } = await import('../../../src/cli/program.ts')
const { LockedError, UserError } = await import('../../../src/errors.ts')

const top = mkdtempSync(join(tmpdir(), 'provision-unfinished-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

let inventory = ''
let state = ''
beforeEach(() => {
  const place = mkdtempSync(join(top, 'case-'))
  inventory = join(place, 'hosts.yaml')
  state = join(place, '.provision/prod')
  writeFileSync(
    inventory,
    'cluster: prod\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.12, role: worker }\n',
  )
  writeFileSync(
    join(place, 'book.yaml'),
    'description: x\nphases: [{ name: x, hosts: all, tasks: [{ name: x, command: { run: ":", unless: ":" } }] }]\n',
  )
  mkdirSync(join(state, 'rebuild'), { recursive: true })
  execute.mockReset()
})

const begun = '2026-09-01T10:00:00.000Z'
const restore = { id: 'r1', sha256: 'aa', archive: '/a.tar.age', begun, by: 'ops@desk' }
const rebuild = {
  format: 1,
  id: 'r2',
  begunAt: begun,
  by: 'ops@desk',
  kind: 'rebuild',
  stage: 'saved',
  from: 'x',
  archive: { file: '/a.tar.age', sha256: 'aa' },
  before: {},
}

/** What may be left, and what is said of it. */
const left: readonly {
  readonly name: string
  readonly file: string
  readonly content: string
  readonly says: RegExp[]
}[] = [
  {
    name: 'a restore',
    file: 'restore.json',
    content: JSON.stringify(restore),
    says: [
      /a restore was begun 2026-09-01T10:00:00.000Z by ops@desk/,
      /provision restore \/a.tar.age/,
      /restore --abandon/,
    ],
  },
  {
    name: 'a restore whose journal is damaged',
    file: 'restore.json',
    content: '{"id":"r1"',
    says: [/is not a valid record of a restore/, /restore --abandon/],
  },
  ...(['saving', 'saved'] as const).map((stage) => ({
    name: `a rebuild, ${stage}`,
    file: 'rebuild/state.json',
    content: JSON.stringify({ ...rebuild, stage }),
    says: [/a rebuild was begun 2026-09-01T10:00:00.000Z by ops@desk/, /provision rebuild`/, /rebuild --abandon/],
  })),
  {
    name: 'a rebuild from nothing',
    file: 'rebuild/state.json',
    content: JSON.stringify({ ...rebuild, kind: 'empty' }),
    says: [/provision rebuild --empty`/, /rebuild --abandon/],
  },
]

/** Every command line that changes hosts. */
const changing = [
  [],
  ['add', 'w1'],
  ['remove', 'w1', '--yes'],
  ['remove', 'w1', '--gone', '--yes'],
  ['reset', '--yes'],
  ['reset', 'w1', '--packages', '--yes'],
  ['run', 'book.yaml'],
  ['certs', 'renew'],
  ['certs', 'renew', '--force'],
  ['backup'],
]
/** Commands that change nothing of a cluster, and those that are the ways out. */
const others = [
  'plan',
  'compile',
  'status',
  'addons',
  'certs',
  'support',
  'init',
  'kubeconfig',
  'dashboard',
  'lab',
  'completion',
  'rebuild',
  'restore',
  'backup list',
  'backup verify',
  'backup fetch',
]

const words = (line: readonly string[]) =>
  line.map((word) => (word === 'book.yaml' ? join(inventory, '..', word) : word))
const run = (line: readonly string[]) =>
  createProgram().parseAsync([...words(line), '-i', inventory, '-o', 'plain'], { from: 'user' })

describe.each(left)('while $name has not ended', ({ file, content, says }) => {
  it.each(changing.map((line) => [`provision ${line.join(' ')}`, line] as const))('%s is refused', async (_, line) => {
    writeFileSync(join(state, file), content)
    const refused = await run(line).then(
      () => undefined,
      (error: Error) => error,
    )
    expect(refused instanceof LockedError || refused instanceof UserError, String(refused)).toBe(true)
    const text = `${refused?.message}\n${(refused as InstanceType<typeof LockedError>).hint ?? ''}`
    for (const pattern of says) expect(text).toMatch(pattern)
    expect(execute).not.toHaveBeenCalled()
  })

  it.each([['reset', '--check'], ['run', 'book.yaml', '--check'], ['plan']])(
    'provision %s %s looks nonetheless',
    async (...line) => {
      writeFileSync(join(state, file), content)
      execute.mockResolvedValue({ outputs: new Map(), summary: { exitCode: 0, failures: [], hosts: [], warnings: [] } })
      await run(line.filter((word) => word !== undefined))
      expect(execute).toHaveBeenCalledOnce()
    },
  )
})

it('rebuild and restore refuse each other', async () => {
  writeFileSync(join(state, 'restore.json'), JSON.stringify(restore))
  await expect(run(['rebuild', '--yes'])).rejects.toThrow(/a restore was begun/)
  rmSync(join(state, 'restore.json'))
  writeFileSync(join(state, 'rebuild/state.json'), JSON.stringify(rebuild))
  await expect(run(['restore', '/a.tar.age', '--yes'])).rejects.toThrow(/a rebuild was begun/)
  expect(execute).not.toHaveBeenCalled()
})

it('knows every command there is', () => {
  const all = (command: Command, name: string): string[] =>
    command.commands.flatMap((each) => {
      const own = `${name} ${each.name()}`.trim()
      return [own, ...(own === 'lab' ? [] : all(each, own))]
    })
  const known = new Set([...changing.map((line) => line.filter((word) => /^[a-z]+$/.test(word)).join(' ')), ...others])
  const names = all(createProgram(), '').filter((name) => !name.startsWith('__'))
  expect(names.filter((name) => ![...known].some((one) => one === name || one.startsWith(`${name} `)))).toEqual([])
})
