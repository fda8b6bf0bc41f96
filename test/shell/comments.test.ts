import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { withoutComments } from '../../src/shell/load.ts'
import { placeTest as it } from './harness.ts'

const directory = join(import.meta.dirname, '..', '..', 'src', 'shell')
const parts = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sh'))

it.for(parts)('%s means the same without its comments', (name, { place }) => {
  const text = readFileSync(join(directory, name), 'utf8')
  const meaning = (part: string) => {
    const file = join(place.work, 'part.sh')
    writeFileSync(file, part)
    const shown = execFileSync('bash', ['-c', '. "$1"; declare -f', 'bash', file], {
      encoding: 'utf8',
      cwd: place.work,
    })
    // What is left of comments are those of awk, in the middle of a text.
    return shown.split('\n').filter((line) => !/^\s*(#.*)?$/.test(line))
  }
  for (const [document] of text.matchAll(/<<-?'?(\w+)'?.*\n[\s\S]*?\n\1$/gm)) expect(document).not.toMatch(/^\s*(#|$)/m)
  const sent = withoutComments(text)
  expect(meaning(sent)).toEqual(meaning(text))
  expect(sent.split('\n').filter((line) => /^\s*(?:#(?! shellcheck )|$)/.test(line))).toEqual([])
})
