import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const source = resolve(import.meta.dirname, '../../../src')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

/** What leads past the door: the streams themselves, the console, and their file descriptors. */
const ways =
  /process\s*\.\s*(?:stdout|stderr)\b|\bconsole\s*\.\s*\w+\(|\b(?:write|writeFile|appendFile)(?:Sync)?\(\s*[12]\s*,|\/dev\/(?:stdout|stderr|tty)/
/** Who lends the stream of a screen to a library that draws by itself. */
const drawing = ['views/ask.ts', 'views/report.ts', 'screen.ts']

test('everything that goes to a screen passes through src/screen.ts', () => {
  const past = files.filter((name) => name !== 'screen.ts' && ways.test(readFileSync(join(source, name), 'utf8')))
  expect(past).toEqual([])
  const lending = files.filter((name) =>
    /\b(?:err|out|screen)\.stream\b/.test(readFileSync(join(source, name), 'utf8')),
  )
  expect(lending.sort()).toEqual(drawing.slice(0, 2))
})
