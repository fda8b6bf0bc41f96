import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Parser, type ReadEntry } from 'tar'

/** Bounds of what one host may put on the operator's disk: bytes of a file, of all, and their number. */
const FILE = 4_000_000
const ALL = 64_000_000
const COUNT = 3000

/**
 * Writes the files of a host's archive below `directory`, each as `clean` makes it. A host's archive is the host's: only plain
 * files at plain paths are taken, and no more than the bounds. Returns what was left out, in words.
 */
export async function unpackClean(
  bytes: AsyncIterable<Uint8Array>,
  directory: string,
  clean: (text: string) => string,
): Promise<string[]> {
  const left: string[] = []
  const files: { readonly path: string; readonly pieces: Buffer[]; size: number }[] = []
  let all = 0
  const parser = new Parser({
    strict: false,
    onReadEntry: (entry: ReadEntry) => {
      const path = plainPath(entry.path)
      if (entry.type === 'Directory') return entry.resume()
      if (path === undefined || entry.type !== 'File' || files.length >= COUNT) {
        left.push(`an entry of type ${entry.type} that is no plain file, or too many of them`)
        return entry.resume()
      }
      const file = { path, pieces: [] as Buffer[], size: 0 }
      files.push(file)
      entry.on('data', (piece: Buffer) => {
        all += piece.length
        file.size += piece.length
        if (file.size <= FILE && all <= ALL) file.pieces.push(Buffer.from(piece))
      })
    },
  })
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('end', resolve)
    parser.on('error', reject)
  })
  // Nobody waits for it before the last piece.
  ended.catch(() => {})
  // It unpacks what is compressed by itself; a bomb ends at the bound.
  for await (const piece of bytes) if (all <= ALL) parser.write(Buffer.from(piece))
  parser.end()
  await ended
  for (const file of files) {
    const target = join(directory, file.path)
    await mkdir(dirname(target), { recursive: true, mode: 0o700 })
    const text = clean(Buffer.concat(file.pieces).toString('utf8'))
    if (Buffer.concat(file.pieces).length < file.size) left.push(`the end of ${file.path}: too much`)
    await writeFile(target, text, { mode: 0o600 })
  }
  return [...new Set(left)]
}

/** A path below where it is unpacked; undefined where it leads elsewhere. */
function plainPath(path: string): string | undefined {
  const parts = path.replace(/^\.\//, '').split('/')
  const fine = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !/[\0-\x1f\\]/.test(part))
  return fine && path.length < 400 ? parts.join('/') : undefined
}
