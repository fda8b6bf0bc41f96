import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Parser, type ReadEntry } from 'tar'
import { createHeld, type Held } from '../events/held.ts'

/**
 * Bounds of what one host may put on the operator's disk: bytes of a file, of all with what is between them, and the number
 * of entries of any kind.
 */
const FILE = 4_000_000
const ALL = 64_000_000
const COUNT = 3000

/**
 * Writes the files of a host's archive, a gzipped tar, below `directory`, each as `clean` makes it. A host's archive is the
 * host's: only plain files at plain paths are taken, and no more than the bounds. One file is held at a time. Returns what
 * was left out, in words. Throws where it is no gzipped tar.
 */
export async function unpackClean(
  bytes: AsyncIterable<Uint8Array>,
  directory: string,
  clean: (text: string) => string,
): Promise<string[]> {
  const left = new Set<string>()
  const whole: { readonly path: string; readonly held: Held }[] = []
  let entries = 0
  const parser = new Parser({
    strict: false,
    onReadEntry: (entry: ReadEntry) => {
      entries += 1
      const path = plainPath(entry.path)
      if (entry.type === 'Directory' || entries > COUNT) return entry.resume()
      if (path === undefined || entry.type !== 'File') {
        left.add(`an entry of type ${entry.type} that is no plain file`)
        return entry.resume()
      }
      const held = createHeld(FILE)
      entry.on('data', (piece: Buffer) => {
        const room = FILE - held.length
        held.add(piece.subarray(0, room))
        if (piece.length > room) left.add(`the end of ${path}: too much`)
      })
      entry.on('end', () => whole.push({ path, held }))
    },
  })
  const failed = new Promise<never>((_resolve, reject) => parser.on('error', reject))
  // Nobody waits for it before it is asked.
  failed.catch(() => {})
  let all = 0
  for await (const piece of unzipped(bytes)) {
    if (all === 0 && isPacked(piece)) throw new Error('the archive is packed twice')
    all += piece.length
    if (all > ALL || entries > COUNT) {
      left.add(all > ALL ? `what comes after the first ${ALL} bytes` : `what comes after the first ${COUNT} entries`)
      break
    }
    parser.write(Buffer.from(piece))
    await write()
  }
  const ended = new Promise<void>((resolve) => parser.on('end', resolve))
  parser.end()
  await Promise.race([ended, failed])
  await write()
  return [...left]

  async function write(): Promise<void> {
    for (const { path, held } of whole.splice(0)) {
      const target = join(directory, path)
      await mkdir(dirname(target), { recursive: true, mode: 0o700 })
      await writeFile(target, clean(held.bytes().toString('utf8')), { mode: 0o600 })
    }
  }
}

/** Unpacked here and not by the parser: what is counted is what comes out. */
async function* unzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  const input = Readable.from(source)
  input.on('error', (error) => gunzip.destroy(error))
  input.pipe(gunzip)
  try {
    yield* gunzip as AsyncIterable<Buffer>
  } finally {
    input.destroy()
  }
}

/** Whether the parser would take it for something to unpack by itself: gzip or zstd. */
function isPacked(piece: Uint8Array): boolean {
  return (piece[0] === 0x1f && piece[1] === 0x8b) || (piece[0] === 0x28 && piece[1] === 0xb5)
}

/** A path below where it is unpacked; undefined where it leads elsewhere. */
function plainPath(path: string): string | undefined {
  const parts = path.replace(/^\.\//, '').split('/')
  const fine = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0-\x1f\\]/.test(part))
  return fine && path.length < 400 ? parts.join('/') : undefined
}
