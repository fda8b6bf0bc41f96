import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { oldestNode } from '../../../src/version.ts'
import { program } from '../../../tools/program.ts'

// Which Node.js is promised is one number, in package.json. Whoever changes it there is told of the other places here.

const repository = resolve(import.meta.dirname, '../../..')
const read = (file: string) => readFileSync(join(repository, file), 'utf8')
const { engines, devDependencies } = JSON.parse(read('package.json')) as {
  engines: { node: string }
  devDependencies: Record<string, string>
}
/** The Node that tests and executables run with. */
const tested = /\d+/.exec(devDependencies.node ?? '')?.[0]

test('the program, its code and its lock file have the number of package.json', () => {
  expect(engines.node).toBe(`>=${oldestNode}`)
  expect(program.transform?.target).toBe(`node${oldestNode}`)
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { engines?: unknown }> }
  expect(packages['']?.engines).toEqual(engines)
})

const texts = ['bin/*', '*.md', 'docs/**/*.md', 'src/**/*.ts'].flatMap((pattern) =>
  globSync(pattern, { cwd: repository, exclude: ['docs/node_modules', 'docs/decisions'] }),
)

describe('texts', () => {
  const promises = texts.flatMap((file) =>
    [...read(file).matchAll(/Node(?:\.js)? (\d+)(?:\.\d+)* (?:or|and|或)/g)].map(([text, number]) => ({
      file,
      text,
      number,
    })),
  )

  test.each(promises)('$file: $text', ({ number }) => {
    expect(Number(number)).toBe(oldestNode)
  })

  test('where a reader looks for it there is one', () => {
    const files = promises.map((one) => one.file)
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'README.zh-CN.md',
        'CONTRIBUTING.md',
        'docs/install.md',
        'bin/install-dependencies',
      ]),
    )
  })
})

test('workflows run the package on the oldest Node.js, and all else on the one that is tested', () => {
  const workflows = globSync('.github/workflows/*.yml', { cwd: repository }).map(read).join('\n')
  const versions = [...workflows.matchAll(/node-version: (\S+)/g)].map(([, version]) => version)
  expect([...new Set(versions)].sort()).toEqual([`${oldestNode}.0.0`, tested])
})

test('the image has the Node that is tested', () => {
  const images = [...read('Containerfile').matchAll(/^FROM docker\.io\/library\/node:(\d+)-/gm)]
  expect(images.map(([, version]) => version)).toEqual([tested, tested])
})
