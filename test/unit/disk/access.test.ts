import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { requireAccess } from '../../../src/disk/denied.ts'

const nobody = 65534
const all = mkdtempSync(join(tmpdir(), 'access-'))
chmodSync(all, 0o755)
afterAll(() => rmSync(all, { recursive: true }))

/** A directory (it ends in a slash) or file, whose it is, its mode. */
type Entry = readonly [path: string, owner: 'root' | 'mine', mode: number]
const mine: Entry = ['c/', 'mine', 0o700]

/** `@` is where the entries are made; the directory that is asked for is `c`. */
const cases: readonly (readonly [what: string, entries: readonly Entry[], read: string, write: string])[] = [
  ['nothing there', [], 'fine', '@ cannot be written by you: it belongs to root'],
  ['all its own', [mine, ['c/known_hosts', 'mine', 0o600], ['c/runs/', 'mine', 0o700]], 'fine', 'fine'],
  ['another one’s directory', [['c/', 'root', 0o755]], 'fine', '@/c cannot be written by you: it belongs to root'],
  [
    'another one’s directory, closed',
    [['c/', 'root', 0o700]],
    '@/c cannot be read by you: it belongs to root',
    '@/c cannot be written by you: it belongs to root',
  ],
  [
    'its own, without rights',
    [['c/', 'mine', 0o000]],
    '@/c cannot be read by you | `ls -ld @/c` shows its rights',
    '@/c cannot be written by you | `ls -ld @/c` shows its rights',
  ],
  [
    'a directory in it',
    [mine, ['c/runs/', 'root', 0o755]],
    'fine',
    '@/c/runs cannot be written by you: it belongs to root',
  ],
  [
    'a directory deep in it',
    [mine, ['c/runs/', 'mine', 0o700], ['c/runs/1/', 'root', 0o700]],
    '@/c/runs/1 cannot be read by you: it belongs to root',
    '@/c/runs/1 cannot be written by you: it belongs to root',
  ],
  [
    'a file in it',
    [mine, ['c/facts.json', 'root', 0o600]],
    '@/c/facts.json cannot be read by you: it belongs to root',
    '@/c/facts.json cannot be read by you: it belongs to root',
  ],
  ['a file in it that can be read', [mine, ['c/facts.json', 'root', 0o644]], 'fine', 'fine'],
  [
    'a file that is added to',
    [mine, ['c/known_hosts', 'root', 0o644]],
    'fine',
    '@/c/known_hosts cannot be written by you: it belongs to root',
  ],
  [
    'several',
    [mine, ['c/a', 'root', 0o600], ['c/b', 'root', 0o600], ['c/d/', 'root', 0o700]],
    '@/c/a cannot be read by you: it belongs to root; nor can 2 more beneath @/c | ' +
      'if an earlier run was made with sudo, `sudo chown -R "$(id -u)" @/c`; otherwise use',
    '@/c/a cannot be read by you: it belongs to root; nor can 2 more beneath @/c | ',
  ],
]

const program = `
import { requireAccess } from ${JSON.stringify(join(import.meta.dirname, '../../../src/disk/denied.ts'))}
const say = (appended) => {
  try {
    requireAccess(process.argv[2], appended)
    return 'fine'
  } catch (error) {
    return error.problems.map(({ message, hint }) => message + ' | ' + hint).join()
  }
}
console.log(JSON.stringify([say(), say(['known_hosts'])]))
`

describe.skipIf(process.getuid?.() !== 0)('as another user', () => {
  writeFileSync(join(all, 'ask.ts'), program)

  it.each(cases)('%s', (_what, entries, read, write) => {
    const place = make(entries)
    const words = [join(all, 'ask.ts'), join(place, 'c')]
    const { stdout, stderr } = spawnSync(process.execPath, words, { uid: nobody, gid: nobody, encoding: 'utf8' })
    expect(stderr).toBe('')
    const [onRead, onWrite] = JSON.parse(stdout) as [string, string]
    expect(onRead).toContain(read.replaceAll('@', place))
    expect(onWrite).toContain(write.replaceAll('@', place))
  })
})

it('follows no links', () => {
  const place = make([mine])
  symlinkSync('.', join(place, 'c/again'))
  symlinkSync('nowhere', join(place, 'c/lost'))
  requireAccess(join(place, 'c'), ['known_hosts'])
})

function make(entries: readonly Entry[]): string {
  const place = mkdtempSync(join(all, 'case-'))
  chmodSync(place, 0o755)
  for (const [name, owner, mode] of entries) {
    const path = join(place, name)
    if (name.endsWith('/')) mkdirSync(path)
    else writeFileSync(path, '')
    chmodSync(path, mode)
    if (owner === 'mine' && process.getuid?.() === 0) chownSync(path, nobody, nobody)
  }
  return place
}
