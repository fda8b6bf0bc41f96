import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../../../src')

/** What of node:fs puts something on a disk; open does for writing only, which is not told apart here. */
const writes =
  /\b(writeFile|appendFile|write|writev|rename|createWriteStream|open|link|symlink|copyFile|cp|mkdir|truncate|ftruncate)(Sync)?\b/

/** Who else may write, and what: nothing that must be whole, or what is written as it comes. */
const allowed: Readonly<Record<string, string>> = {
  'archive/encrypted-file.ts': 'archives, as they come',
  'operations/init.ts': 'hosts.yaml, which is the operator’s',
  'operations/support.ts': 'a directory of work, gone with the command',
  'disk/durable.ts': 'all else',
  'views/record.ts': 'events.jsonl, event by event',
  'state/lock.ts': 'the lock, which another process must not take meanwhile',
  'archive/pack.ts': 'the archive that support hands over',
  'archive/unpack.ts': 'a directory of work, gone with the command',
}

it('files are written by disk/durable.ts, or named here', () => {
  const writers = globSync('**/*.ts', { cwd: src }).filter((file) => {
    const text = readFileSync(join(src, file), 'utf8')
    const imports = [...text.matchAll(/^import (?:type )?([^;]*?) from '(?:node:)?fs(?:\/promises)?'/gms)]
    return imports.some(([, names = '']) => !names.includes('{') || writes.test(names))
  })
  expect(writers.sort()).toEqual(Object.keys(allowed).sort())
})
