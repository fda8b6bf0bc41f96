import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { checkTar } from '../../../src/archive/verify.ts'
import { UserError } from '../../../src/errors.ts'
import { type Entry, goodEntries, goodFiles, makeSnapshot, makeTar, manifest, sumsOf } from './make.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  // As age gives them: the same buffer again and again.
  const shared = new Uint8Array(size)
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size)
    shared.set(piece)
    yield shared.subarray(0, piece.length)
  }
}

const check = (tar: Uint8Array, size = 65_536) => checkTar(inPieces(tar, size), 'a.tar.age')

describe('the tar of an archive', () => {
  it.each([512, 1000, 65_536, 10_000_000])('is read in pieces of %i bytes', async (size) => {
    const tar = makeTar(goodEntries())
    expect(await check(tar, size)).toEqual({
      manifest,
      size: tar.length,
      sha256: createHash('sha256').update(tar).digest('hex'),
    })
  })

  const files = goodFiles()
  const without = (path: string): Entry[] => {
    const rest = goodFiles({ [path]: undefined })
    return path === 'SHA256SUMS' ? goodEntries().filter((one) => one.path !== path) : goodEntries(rest)
  }
  const withManifest = (text: string): Entry[] => goodEntries(goodFiles({ 'manifest.json': text }))
  const plus = (entry: Entry): Entry[] => [...goodEntries(), entry]
  const snapshot = makeSnapshot()
  snapshot[7] = (snapshot[7] as number) ^ 1

  it.each<readonly [string, Entry[], RegExp]>([
    ['an absolute path', plus({ path: '/etc/shadow', content: 'x' }), /a path that leads out of it: \/etc\/shadow/],
    ['a path upwards', plus({ path: 'kubernetes/../../x', content: 'x' }), /a path that leads out of it/],
    ['a symbolic link', plus({ path: 'kubernetes/x', type: '2', link: '/etc/shadow' }), /not a|neither a file/],
    [
      'a hard link',
      plus({ path: 'kubernetes/x', type: '1', link: 'manifest.json' }),
      /neither a file nor a directory but a Link/,
    ],
    ['a device', plus({ path: 'kubernetes/x', type: '3' }), /neither a file nor a directory but a CharacterDevice/],
    ['a file twice', plus({ path: 'kubernetes/pki/ca.key', content: 'other' }), /holds kubernetes\/pki\/ca\.key twice/],
    [
      'a file twice under two names',
      plus({ path: './kubernetes/pki/ca.key', content: 'other' }),
      /holds kubernetes\/pki\/ca\.key twice/,
    ],
    ['a file that no sum is for', plus({ path: 'kubernetes/more', content: 'x' }), /SHA256SUMS does not name/],
    ['no manifest', without('manifest.json'), /does not begin with a manifest/],
    ['no snapshot', without('etcd.snapshot'), /holds no etcd\.snapshot/],
    ['no sums', without('SHA256SUMS'), /holds no SHA256SUMS/],
    [
      'sums of files that are missing',
      goodEntries(goodFiles({ 'kubernetes/pki/ca.key': undefined }), sumsOf(files)),
      /holds no kubernetes\/pki\/ca\.key, which/,
    ],
    [
      'a file with another content',
      goodEntries(
        goodFiles({ 'etcd.snapshot': files.get('etcd.snapshot'), 'inventory.yaml': 'cluster: other\n' }),
        sumsOf(files),
      ),
      /holds a inventory\.yaml that is not|inventory\.yaml that is not what/,
    ],
    ['sums that are none', goodEntries(files, 'nonsense\n'), /SHA256SUMS that cannot be understood/],
    [
      'a snapshot with a wrong SHA-256 of its own',
      goodEntries(goodFiles({ 'etcd.snapshot': snapshot })),
      /own SHA-256 is wrong/,
    ],
    ['a snapshot of nothing', goodEntries(goodFiles({ 'etcd.snapshot': '' })), /own SHA-256 is wrong/],
    ['a manifest that is no JSON', withManifest('{'), /is no JSON/],
    ['a manifest of another format', withManifest(JSON.stringify({ ...manifest, format: 2 })), /is of format 2/],
    [
      'a manifest without a revision',
      withManifest(JSON.stringify({ ...manifest, revision: -1 })),
      /cannot be understood: revision/,
    ],
    [
      'a manifest that would write on the terminal',
      withManifest(JSON.stringify({ ...manifest, host: 'cp1\u001b[2J' })),
      /cannot be understood: host/,
    ],
    ['a manifest that is null', withManifest('null'), /cannot be understood/],
  ])('is refused with %s', async (_what, entries, message) => {
    const refused = check(makeTar(entries))
    await expect(refused).rejects.toThrow(UserError)
    await expect(refused).rejects.toThrow(message)
  })

  it('is refused when it is compressed, or nothing at all', async () => {
    await expect(check(gzipSync(makeTar(goodEntries())))).rejects.toThrow(/does not begin with a manifest/)
    await expect(check(Buffer.alloc(0))).rejects.toThrow(UserError)
    await expect(check(Buffer.alloc(1024))).rejects.toThrow(UserError)
  })

  it('is refused wherever it is cut short', async () => {
    const tar = makeTar(goodEntries())
    const end = tar.length - 1024
    const cuts = [
      1,
      511,
      512,
      513,
      ...Array.from({ length: 40 }, (_, index) => Math.floor((index * end) / 40)),
      end - 1,
      end - 512,
    ]
    for (const cut of cuts) await expect(check(tar.subarray(0, cut)), `cut at ${cut}`).rejects.toThrow(UserError)
  })
})
