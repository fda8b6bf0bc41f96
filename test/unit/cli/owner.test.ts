import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { repository } from '../tools/docs/markdown.ts'

// What an earlier run by sudo left beside the inventory, and who has the inventory only to read.

const nobody = 65534
const all = mkdtempSync(join(tmpdir(), 'owner-'))
chmodSync(all, 0o755)
afterAll(() => rmSync(all, { recursive: true }))

const inventory = (address: string) =>
  `cluster: office\nhosts: { h1: { address: ${address}, ssh: { port: 1 }, role: control-plane } }\n`
const look =
  'description: Looks.\nphases: [{ name: look, hosts: all, tasks: [{ name: Look, command: { run: "true", unless: "true" } }] }]\n'
const check = ['run', 'look.yaml', '--check']
const compile = ['compile', '--host', 'h1']

/** Below `.provision`: a path, whose it is, its mode. */
type Entry = readonly [path: string, owner: 'root' | 'mine', mode: number]

const top = (owner: Entry[1], mode: number): Entry => ['', owner, mode]
const state = (owner: Entry[1], mode: number): Entry => ['office', owner, mode]
const own = [top('mine', 0o700), state('mine', 0o700)]

const refused: readonly (readonly [words: readonly string[], entries: readonly Entry[], said: string])[] = [
  [check, [top('root', 0o755)], '@/.provision cannot be written by you'],
  [['plan'], [top('root', 0o755)], '@/.provision cannot be written by you'],
  [check, [top('mine', 0o700), state('root', 0o755)], '@/.provision/office cannot be written by you'],
  [check, [...own, ['office/known_hosts', 'root', 0o644]], 'office/known_hosts cannot be written by you'],
  [['status'], [top('mine', 0o700), state('root', 0o700)], '@/.provision/office cannot be read by you'],
  [['kubeconfig'], [...own, ['office/kubeconfig', 'root', 0o600]], 'office/kubeconfig cannot be read by you'],
  [compile, [...own, ['office/facts.json', 'root', 0o600]], 'office/facts.json cannot be read by you'],
  [['backup', 'list'], [...own, ['office/backups/', 'root', 0o700]], 'office/backups cannot be read by you'],
]

describe.skipIf(process.getuid?.() !== 0)('as another user', () => {
  it.each(refused)('%j is refused before anything is contacted: %j', (words, entries, said) => {
    const { place, status, text } = run(words, entries, '192.0.2.1')
    expect(text).toContain(`${said.replace('@', place)}: it belongs to root\n`)
    expect(text).toContain('hint: if an earlier run was made with sudo, `sudo chown -R "$(id -u)" ')
    expect(status).toBe(2)
  })

  it.each([
    ['what another wrote and all may read is read', ['status'], [top('root', 0o755)]],
    ['what is replaced may be of another', check, [...own, ['office/facts.json', 'root', 0o644] as const]],
  ])('%s', (_what, words, entries) => {
    const { status, text } = run(words, entries, '127.0.0.1')
    expect(text).not.toContain('by you')
    expect(text).toMatch(/connection refused by 127\.0\.0\.1:1/)
    expect(status).not.toBe(2)
  })
})

function run(words: readonly string[], entries: readonly Entry[], address: string) {
  const place = mkdtempSync(join(all, 'case-'))
  chmodSync(place, 0o755)
  writeFileSync(join(place, 'hosts.yaml'), inventory(address))
  writeFileSync(join(place, 'look.yaml'), look)
  for (const [name, owner, mode] of entries) {
    const path = join(place, '.provision', name)
    if (/^office\/.*[^/]$/.test(name)) writeFileSync(path, '{}')
    else mkdirSync(path)
    chmodSync(path, mode)
    if (owner === 'mine') chownSync(path, nobody, nobody)
  }
  const program = [join(repository, 'src/cli.ts'), '--output', 'plain', ...words]
  const { status, stdout, stderr } = spawnSync(process.execPath, program, {
    cwd: place,
    env: { HOME: place, NO_COLOR: '1' },
    uid: nobody,
    gid: nobody,
    encoding: 'utf8',
  })
  return { place, status, text: `${stdout}${stderr}` }
}
