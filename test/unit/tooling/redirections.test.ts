import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
const places = [
  'src/**/*.{sh,ts}',
  '{addons,networks,scripts,templates}/**/*',
  'playbooks/**/*.yaml',
  'test/**/*.sh',
  'lab/**/*.{sh,ts}',
]

/** A file that is read, and after it where complaints go: that there is no such file is said before. */
const late = /(?<!<)<(?!\/dev\/null\b|[<(&])"?[^\s"<>|;)]+"?\s+2>\/dev\/null/g

it.each([
  ['read -r one <"$FILE" 2>/dev/null', true],
  ["tr '\\0' '\\n' <\"/proc/$pid/cmdline\" 2>/dev/null", true],
  ['wc -l <$FILE 2>/dev/null', true],
  ['read -r one 2>/dev/null <"$FILE"', false],
  ['openssl s_client </dev/null 2>/dev/null', false],
  ['cat <<E 2>/dev/null', false],
])('%s: %s', (text, found) => {
  expect(text.match(late) !== null).toBe(found)
})

it('where complaints go is said before the file that may not be there', () => {
  const files = globSync(places, { cwd: repository, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThan(300)
  const found = files.flatMap((entry) => {
    const path = resolve(entry.parentPath, entry.name)
    return (readFileSync(path, 'utf8').match(late) ?? []).map((text) => `${path}: ${text}`)
  })
  expect(found).toEqual([])
})
