import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
const files = globSync('{src,lab/src}/**/*.ts', { cwd: repository })

/** What leads past the door: the streams themselves, the console, and their file descriptors. */
const ways =
  /process\s*\.\s*(?:stdout|stderr)\b|\bconsole\s*\.\s*\w+\(|\b(?:write|writeFile|appendFile)(?:Sync)?\(\s*[12]\s*,|\/dev\/(?:stdout|stderr|tty)/
/** Who lends the stream of a screen to a library that draws by itself. */
const drawing = ['lab/src/progress.ts', 'src/views/ask.ts', 'src/views/report.ts']

test('everything that goes to a screen passes through src/screen.ts', () => {
  const past = files.filter(
    (name) => name !== 'src/screen.ts' && ways.test(readFileSync(join(repository, name), 'utf8')),
  )
  expect(past).toEqual([])
  const lending = files.filter((name) =>
    /\b(?:err|out|screen)\.stream\b/.test(readFileSync(join(repository, name), 'utf8')),
  )
  expect(lending.sort()).toEqual(drawing)
})
