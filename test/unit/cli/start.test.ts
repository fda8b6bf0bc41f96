import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')

/** Writes the address of each module that is loaded to standard error. */
const tells = `import { registerHooks } from 'node:module'
registerHooks({ load: (url, context, next) => (process.stderr.write('loaded ' + url + '\\n'), next(url, context)) })`
const watched = ['--import', `data:text/javascript,${encodeURIComponent(tells)}`]

function loaded(words: readonly string[]): string[] {
  const all = ['--no-warnings', ...watched, 'src/cli.ts', ...words]
  const { stderr, status } = spawnSync(process.execPath, all, { cwd: repository, encoding: 'utf8' })
  expect(status).toBe(0)
  const ours = stderr.replaceAll(`loaded file://${repository}/`, '')
  return [...ours.matchAll(/^(?:node_modules\/([^/]+)|(\w+\/\w+))/gm)].map(([, library, own]) => String(library ?? own))
}

// A start takes longer with each: what a command does is loaded when it is called.
test.each(['--version', '--help', 'add --help', 'completion bash', '__complete -- pl'])(
  '%s loads next to nothing',
  (line) => {
    expect([...new Set(loaded(line.split(' ')))].sort()).toEqual([
      'commander',
      'fastest-levenshtein',
      'lab/src',
      'src/clean',
      'src/cli',
      'src/disk',
      'src/errors',
      'src/screen',
      'src/shipped',
      'src/version',
      'src/views',
      'src/yaml',
    ])
  },
)
