import { execFileSync, fork } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { appendLine, removeFile, replaceFile } from '../../../src/disk/durable.ts'

const all = mkdtempSync(join(tmpdir(), 'durable-'))
let place: string
const mounted: string[] = []

beforeEach(() => {
  place = mkdtempSync(join(all, 'case-'))
})

afterAll(() => {
  for (const path of mounted) execFileSync('umount', [path])
  rmSync(all, { recursive: true })
})

const mode = (path: string): number => statSync(path).mode & 0o777
const code = (action: () => void): unknown => {
  try {
    action()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code
  }
  return 'done'
}

/** A file system of its own. Only root may mount. */
function tmpfs(options: string): string {
  const path = join(place, 'disk')
  mkdirSync(path)
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
  mounted.push(path)
  return path
}

const asRoot = process.getuid?.() === 0 ? it : it.skip

describe('replacing a file', () => {
  it('makes it and what is above it, for its owner only, and leaves nothing beside it', () => {
    const file = join(place, 'a/b/state')
    replaceFile(file, 'one')
    replaceFile(file, Buffer.from('two'))
    expect(readFileSync(file, 'utf8')).toBe('two')
    expect(readdirSync(join(place, 'a/b'))).toEqual(['state'])
    expect([mode(file), mode(join(place, 'a')), mode(join(place, 'a/b'))]).toEqual([0o600, 0o700, 0o700])
  })

  it('closes what others could read', () => {
    const file = join(place, 'kubeconfig')
    writeFileSync(file, 'before')
    chmodSync(file, 0o644)
    replaceFile(file, 'after')
    expect(mode(file)).toBe(0o600)
  })

  it('is not misled by what lies at a name that it might use', () => {
    const file = join(place, 'state')
    for (const name of [`${file}.new`, `${file}.${process.pid}`, `${file}.part`]) mkdirSync(name)
    replaceFile(file, 'there')
    expect(readFileSync(file, 'utf8')).toBe('there')
  })

  it('says which file it is', () => {
    mkdirSync(join(place, 'state'))
    expect(() => replaceFile(join(place, 'state'), '')).toThrow(`${join(place, 'state')} cannot be written: EISDIR`)
    expect(readdirSync(place)).toEqual(['state'])
  })

  asRoot('leaves it as it was on a full disk, and where nothing can be written', () => {
    const disk = tmpfs('size=64k')
    const file = join(disk, 'state')
    replaceFile(file, 'as it was')
    writeFileSync(join(disk, 'filler'), Buffer.alloc(48_000))
    expect(code(() => replaceFile(file, Buffer.alloc(40_000)))).toBe('ENOSPC')
    execFileSync('mount', ['-o', 'remount,ro', disk])
    expect(code(() => replaceFile(file, 'x'))).toBe('EROFS')
    expect(readFileSync(file, 'utf8')).toBe('as it was')
    expect(readdirSync(disk).sort()).toEqual(['filler', 'state'])
  })

  it('is never half of one and half of another when several write it at once', async () => {
    const file = join(place, 'state')
    const writer = resolve(import.meta.dirname, 'writer.ts')
    await Promise.all(
      [...'abcd'].map(
        (letter) =>
          new Promise((done) => fork(writer, [file, letter], { execArgv: ['--no-warnings'] }).on('exit', done)),
      ),
    )
    expect(readFileSync(file, 'utf8')).toMatch(/^(a{5000}|b{5000}|c{5000}|d{5000})$/)
    expect(readdirSync(place).sort()).toEqual(['state', 'state.lines'])
    const lines = readFileSync(`${file}.lines`, 'utf8').split('\n')
    expect(lines.filter((line) => /^(a+|b+|c+|d+)$/.test(line) && line.length === 400)).toHaveLength(4 * 20)
  })
})

describe('adding a line', () => {
  it.each([
    ['nothing', undefined, 'new\n'],
    ['an empty file', '', 'new\n'],
    ['whole lines', 'old\n', 'old\nnew\n'],
    ['a last line without its end', 'old', 'old\nnew\n'],
  ])('to %s', (_what, before, after) => {
    const file = join(place, 'deep/lines')
    mkdirSync(join(place, 'deep'))
    if (before !== undefined) appendFileSync(file, before)
    appendLine(file, 'new\n')
    expect(readFileSync(file, 'utf8')).toBe(after)
    if (before === undefined) expect(mode(file)).toBe(0o600)
  })

  asRoot('leaves no half of it on a full disk', () => {
    const disk = tmpfs('size=64k')
    const file = join(disk, 'lines')
    appendLine(file, 'old\n')
    writeFileSync(join(disk, 'filler'), Buffer.alloc(48_000))
    expect(code(() => appendLine(file, `${'x'.repeat(40_000)}\n`))).toBe('ENOSPC')
    expect(readFileSync(file, 'utf8')).toBe('old\n')
  })
})

it('removes a file that is there, and one that is not', () => {
  replaceFile(join(place, 'state'), '')
  removeFile(join(place, 'state'))
  removeFile(join(place, 'state'))
  removeFile(join(place, 'none/state'))
  expect(readdirSync(place)).toEqual([])
})
