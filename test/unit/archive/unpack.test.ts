import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header } from 'tar'
import { afterAll, expect, test } from 'vitest'
import { packDirectory } from '../../../src/archive/pack.ts'
import { unpackClean } from '../../../src/archive/unpack.ts'

const directory = mkdtempSync(join(tmpdir(), 'support-'))
afterAll(() => rmSync(directory, { recursive: true }))

function entry(path: string, content: string, type: 'File' | 'SymbolicLink' | 'CharacterDevice' = 'File'): Buffer {
  const body = Buffer.from(content)
  const header = new Header({
    path,
    type,
    size: type === 'File' ? body.length : 0,
    mode: 0o777,
    linkpath: type === 'SymbolicLink' ? '/etc/passwd' : '',
  })
  header.encode()
  const padding = Buffer.alloc((512 - (body.length % 512)) % 512)
  return Buffer.concat([header.block as Buffer, ...(type === 'File' ? [body, padding] : [])])
}

async function* pieces(...entries: Buffer[]): AsyncGenerator<Uint8Array> {
  const packed = gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]))
  const step = packed.length > 100_000 ? 65_536 : 100
  for (let at = 0; at < packed.length; at += step) yield packed.subarray(at, at + step)
}

test('what a host sends stays where it belongs, cleaned, for its owner alone', async () => {
  const target = join(directory, 'one')
  const left = await unpackClean(
    pieces(
      entry('./system/uname', 'secret Linux'),
      entry('../outside', 'x'),
      entry('/etc/absolute', 'x'),
      entry('a/../../outside', 'x'),
      entry('link', '', 'SymbolicLink'),
      entry('device', '', 'CharacterDevice'),
      entry('link', 'through a link'),
    ),
    target,
    (text) => text.replaceAll('secret', '[redacted]'),
  )
  expect(readdirSync(target).sort()).toEqual(['link', 'system'])
  expect(readFileSync(join(target, 'system/uname'), 'utf8')).toBe('[redacted] Linux')
  expect(readFileSync(join(target, 'link'), 'utf8')).toBe('through a link')
  expect(statSync(join(target, 'system/uname')).mode & 0o777).toBe(0o600)
  expect(readdirSync(directory)).toEqual(['one'])
  expect(left.length).toBeGreaterThan(0)
})

test('a host cannot fill the disk', async () => {
  const target = join(directory, 'two')
  const left = await unpackClean(pieces(entry('big', randomBytes(4_500_000).toString('hex'))), target, (text) => text)
  expect(statSync(join(target, 'big')).size).toBeLessThanOrEqual(4_000_000)
  expect(left).toEqual(['the end of big: too much'])
})

test('entries of any kind count, and what is between them', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => entry(`link${at}`, '', 'SymbolicLink'))
  const clean = (text: string) => text
  const left = await unpackClean(pieces(...many(4000), entry('late', 'x')), join(directory, 'many'), clean)
  expect(left).toContain('what comes after the first 3000 entries')
  const zeros = await unpackClean(
    pieces(entry('early', 'x'), Buffer.alloc(70_000_000, 'x')),
    join(directory, 'long'),
    clean,
  )
  expect(zeros).toContain('what comes after the first 64000000 bytes')
  expect(readdirSync(join(directory, 'long'))).toEqual(['early'])
  const twice = unpackClean(pieces(gzipSync(entry('inner', 'x'))), join(directory, 'twice'), clean)
  await expect(twice).rejects.toThrow('packed twice')
})

test('garbage is an error or nothing, never a file', async () => {
  const target = join(directory, 'three')
  async function* garbage(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('this is no archive at all'.repeat(100))
  }
  await unpackClean(garbage(), target, (text) => text).catch(() => {})
  expect(() => readdirSync(target)).toThrow()
})

test('the archive is for its owner alone', async () => {
  const file = join(directory, 'all.tar.gz')
  await packDirectory(directory, 'one', file)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})
