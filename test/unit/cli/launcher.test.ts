import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../../..')
const directory = mkdtempSync(join(tmpdir(), 'launcher-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Beside the command line. */
const sources = ['src/errors.ts', 'lab/src/model.ts']

/** A checkout whose command line is one file. */
function checkout(name: string): string {
  const place = join(directory, name)
  for (const part of ['bin', 'tools', 'package-lock.json', 'package.json']) {
    cpSync(join(repository, part), join(place, part), { recursive: true })
  }
  for (const source of sources) cpSync(join(repository, source), join(place, source))
  symlinkSync(join(repository, 'node_modules'), join(place, 'node_modules'))
  says(place, 'one')
  return place
}

function says(place: string, word: string): void {
  writeFileSync(join(place, 'src/cli.ts'), `const word: string = '${word}'\nconsole.log(word, import.meta.filename)\n`)
}

function start(place: string) {
  const { stdout, stderr } = spawnSync(join(place, 'bin/provision'), [], { encoding: 'utf8' })
  return stdout.trim() + stderr
}

/** So that what is written next is newer, also where a file system counts seconds. */
function age(place: string): void {
  const tools = ['tools/bundle.ts', 'tools/program.ts', 'package.json', 'package-lock.json']
  const names = ['dist/cli.js', ...tools, 'src/cli.ts', ...sources, 'src', 'lab/src']
  for (const name of names.filter((one) => existsSync(join(place, one)))) utimesSync(join(place, name), 1e9, 1e9)
}

test('a checkout runs a bundle, and makes another where a source is newer, has come or has gone', () => {
  const place = checkout('changing')
  const bundle = join(place, 'dist/cli.js')
  expect(start(place)).toBe(`one ${bundle}`)
  const { mtimeMs } = statSync(bundle)
  expect(start(place)).toBe(`one ${bundle}`)
  expect(statSync(bundle).mtimeMs).toBe(mtimeMs)
  age(place)
  says(place, 'two')
  expect(start(place)).toBe(`two ${bundle}`)
  for (const source of sources) {
    age(place)
    start(place)
    expect(statSync(bundle).mtimeMs).toBe(1e12)
    rmSync(join(place, source))
    start(place)
    expect(statSync(bundle).mtimeMs).toBeGreaterThan(1e12)
  }
})

test('where no bundle can be made the sources run', () => {
  const place = checkout('unwritable')
  writeFileSync(join(place, 'dist'), 'a file is in the way')
  expect(start(place)).toBe(`one ${join(place, 'src/cli.ts')}`)
})

test('a wrong source is told as such', () => {
  const place = checkout('wrong')
  writeFileSync(join(place, 'src/cli.ts'), 'const = 1\n')
  expect(start(place)).toMatch(/src\/cli\.ts/)
})

test('starts beside each other all run, and leave nothing behind', async () => {
  const place = checkout('together')
  const ends = Array.from({ length: 4 }, () => {
    const child = spawn(join(place, 'bin/provision'), { stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString()
    })
    return new Promise((end) => child.on('close', () => end(said.trim())))
  })
  expect(await Promise.all(ends)).toEqual(Array(4).fill(`one ${join(place, 'dist/cli.js')}`))
  expect(readdirSync(join(place, 'dist'))).toEqual(['cli.js'])
})
