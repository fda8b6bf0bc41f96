import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
const cruiser = join(repository, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
const directory = mkdtempSync(join(tmpdir(), 'layers-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Runs the repository's rules over a small project of the given files; the names of the rules broken. */
function broken(files: Record<string, string>): string[] {
  const project = mkdtempSync(join(directory, 'project-'))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, path)), { recursive: true })
    writeFileSync(join(project, path), text)
  }
  for (const name of ['.dependency-cruiser.cjs', 'package.json']) cpSync(join(repository, name), join(project, name))
  symlinkSync(join(repository, 'node_modules'), join(project, 'node_modules'))
  const run = spawnSync(process.execPath, [cruiser, '--output-type', 'json', 'src'], { cwd: project, encoding: 'utf8' })
  const result = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string } }[] } }
  return [...new Set(result.summary.violations.map((violation) => violation.rule.name))].sort()
}

const leaf = 'export const value = 1\nexport interface Shape { readonly a: number }\n'
const uses = (path: string) => `import { value } from '${path}'\nexport const other = value\n`

const cases: { name: string; files: Record<string, string>; rules: string[] }[] = [
  {
    name: 'downwards is fine',
    files: { 'src/run/a.ts': uses('../transport/b.ts'), 'src/transport/b.ts': leaf },
    rules: [],
  },
  {
    name: 'errors are for all',
    files: { 'src/shell/a.ts': uses('../errors.ts'), 'src/errors.ts': leaf },
    rules: [],
  },
  {
    name: 'upwards',
    files: { 'src/shell/a.ts': uses('../modules/b.ts'), 'src/modules/b.ts': leaf },
    rules: ['layer-shell'],
  },
  {
    name: 'upwards, types only',
    files: {
      'src/compile/a.ts': "import type { Shape } from '../run/b.ts'\nexport const shape: Shape = { a: 1 }\n",
      'src/run/b.ts': leaf,
    },
    rules: ['layer-compile'],
  },
  {
    name: 'sideways',
    files: { 'src/status/a.ts': uses('../run/b.ts'), 'src/run/b.ts': leaf },
    rules: ['layer-status'],
  },
  {
    name: 'a cycle',
    files: {
      'src/run/a.ts': "import { b } from './b.ts'\nexport const a = () => b\n",
      'src/run/b.ts': "import { a } from './a.ts'\nexport const b = () => a\n",
    },
    rules: ['no-cycle'],
  },
  {
    name: 'files outside load.ts',
    files: { 'src/compile/a.ts': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n" },
    rules: ['files-only-in-load'],
  },
  {
    name: 'files in load.ts',
    files: { 'src/compile/load.ts': "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n" },
    rules: [],
  },
  {
    name: 'sockets outside transport',
    files: { 'src/run/a.ts': "import ssh2 from 'ssh2'\nexport const Client = ssh2.Client\n" },
    rules: ['sockets-only-in-transport'],
  },
]

test.each(cases)('layer rules: $name', ({ files, rules }) => {
  expect(broken(files)).toEqual(rules)
})

test('the rules see this repository', () => {
  const text = execFileSync(process.execPath, [cruiser, '--output-type', 'json', 'src'], {
    cwd: repository,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  const result = JSON.parse(text) as { modules: { source: string; dependencies: { resolved: string }[] }[] }
  const module = result.modules.find((one) => one.source === 'src/transport/transport.ts')
  expect(module?.dependencies.map((one) => one.resolved)).toContain('src/host-facts.ts')
})
