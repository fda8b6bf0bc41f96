import { createHash, type Hash } from 'node:crypto'
import { Parser, type ReadEntry } from 'tar'
import { UserError } from '../errors.ts'
import { type Manifest, manifestSchema } from './manifest.ts'

/** What a whole and right archive is made of. */
export interface Checked {
  readonly manifest: Manifest
  /** Of the tar, decrypted. */
  readonly size: number
  readonly sha256: string
}

/** Bytes of the files that are read whole. */
const MAX_TEXT = 64 * 1024 * 1024
const needed = ['manifest.json', 'SHA256SUMS', 'etcd.snapshot', 'kubeadm-config.yaml', 'inventory.yaml']
const hint = 'it is not what provision backup makes; take another archive'

/** Looks at a tar as it goes by. */
export interface TarCheck {
  /** Throws UserError once something is wrong. */
  push(piece: Uint8Array): void
  /** After the last piece. Throws UserError where something is missing or wrong. */
  end(): Promise<Checked>
}

/**
 * Proves what can be proven of an archive's tar without etcd: only plain files and directories at paths of their own, every
 * file with its sum, the snapshot with the SHA-256 at its end, a manifest of a known format. Calls the archive `name`.
 */
export function createTarCheck(name: string): TarCheck {
  const whole = createHash('sha256')
  const files = createFiles(name)
  let size = 0
  let wrong: unknown
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      try {
        files.add(entry)
      } catch (error) {
        wrong ??= error
        entry.resume()
      }
    },
  })
  parser.on('error', (error: Error) => {
    wrong ??= new UserError(`${name} does not hold a whole tar: ${error.message}`, hint)
  })
  const ended = new Promise<void>((resolve) => parser.on('end', resolve))
  return {
    push(piece) {
      whole.update(piece)
      // What is compressed would be unpacked by itself; ours never is.
      if (size === 0 && piece.length > 0) refuseOther(piece, name)
      size += piece.length
      // A copy: the parser may keep it, and the piece is the source's to use again.
      if (wrong === undefined) parser.write(Buffer.from(piece))
      if (wrong !== undefined) throw wrong
    },
    async end() {
      parser.end()
      if (wrong === undefined) await ended
      if (wrong !== undefined) throw wrong
      return { manifest: files.finish(), size, sha256: whole.digest('hex') }
    },
  }
}

/** The manifest of a tar, read no further than that. Throws UserError where it does not begin with one. */
export async function manifestOf(source: AsyncIterable<Uint8Array>, name: string): Promise<Manifest> {
  const bad = (message: string): UserError => new UserError(`${name} ${message}`, hint)
  let text: Buffer | undefined
  const parser = new Parser({
    onReadEntry: (entry) => {
      const pieces: Buffer[] = []
      if (entry.path !== 'manifest.json' || entry.size > MAX_TEXT) return void entry.resume()
      entry.on('data', (piece: Buffer) => pieces.push(Buffer.from(piece)))
      entry.on('end', () => {
        text ??= Buffer.concat(pieces)
      })
    },
  })
  for await (const piece of source) {
    refuseOther(piece, name)
    parser.write(Buffer.from(piece))
    break
  }
  if (text === undefined) throw bad('has a manifest that is not whole')
  return readManifest(text.toString('utf8'), bad)
}

/** Reads a tar to its end, see {@link createTarCheck}. Throws UserError, and what the source throws. */
export async function checkTar(source: AsyncIterable<Uint8Array>, name: string): Promise<Checked> {
  const check = createTarCheck(name)
  for await (const piece of source) check.push(piece)
  return check.end()
}

function refuseOther(piece: Uint8Array, name: string): void {
  const first = 'manifest.json\0'
  if (Buffer.from(piece.subarray(0, first.length)).toString('latin1') !== first)
    throw new UserError(`${name} does not begin with a manifest`, hint)
}

/** The files of a tar as they come: their sums, and the text of those that say what the others are. */
function createFiles(name: string) {
  const sums = new Map<string, string>()
  const texts = new Map<string, Buffer[]>()
  let snapshot: { readonly said: () => Buffer; readonly is: () => Buffer } | undefined

  const bad = (message: string): UserError => new UserError(`${name} ${message}`, hint)
  return {
    add(entry: ReadEntry): void {
      const path = entry.path.replace(/^\.\//, '').replace(/\/$/, '')
      if (path.startsWith('/') || path.split('/').includes('..') || path.includes('\0'))
        throw bad(`holds a path that leads out of it: ${entry.path}`)
      if (entry.type === 'Directory') return void entry.resume()
      if (entry.type !== 'File' && entry.type !== 'OldFile')
        throw bad(`holds ${path}, which is neither a file nor a directory but a ${entry.type}`)
      if (sums.has(path)) throw bad(`holds ${path} twice`)
      sums.set(path, '')
      const hash = createHash('sha256')
      const text: Buffer[] | undefined = path === 'manifest.json' || path === 'SHA256SUMS' ? [] : undefined
      if (text !== undefined) {
        if (entry.size > MAX_TEXT) throw bad(`has a ${path} of ${entry.size} bytes`)
        texts.set(path, text)
      }
      const tail = path === 'etcd.snapshot' ? createTail() : undefined
      if (tail) snapshot = tail
      entry.on('data', (piece: Buffer) => {
        hash.update(piece)
        text?.push(Buffer.from(piece))
        tail?.push(piece)
      })
      entry.on('end', () => sums.set(path, hash.digest('hex')))
    },
    finish(): Manifest {
      for (const path of needed) if (!sums.has(path)) throw bad(`holds no ${path}`)
      const manifest = readManifest(Buffer.concat(texts.get('manifest.json') ?? []).toString('utf8'), bad)
      const listed = readSums(Buffer.concat(texts.get('SHA256SUMS') ?? []).toString('utf8'), bad)
      for (const [path, sum] of listed) {
        if (!sums.has(path)) throw bad(`holds no ${path}, which its SHA256SUMS names`)
        if (sums.get(path) !== sum) throw bad(`holds a ${path} that is not what its SHA256SUMS says`)
      }
      for (const path of sums.keys())
        if (path !== 'SHA256SUMS' && !listed.has(path)) throw bad(`holds ${path}, which its SHA256SUMS does not name`)
      if (snapshot === undefined || !snapshot.said().equals(snapshot.is()))
        throw bad('holds a snapshot of etcd whose own SHA-256 is wrong')
      return manifest
    },
  }
}

function readManifest(text: string, bad: (message: string) => UserError): Manifest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw bad('has a manifest that is no JSON')
  }
  const format = (value as { format?: unknown } | null)?.format
  if (typeof format === 'number' && format > 1) throw bad(`is of format ${format}: it was made by a newer provision`)
  const { data, error } = manifestSchema.safeParse(value)
  if (data === undefined)
    throw bad(
      `has a manifest that cannot be understood: ${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}`,
    )
  return data
}

/** Lines `SUM  PATH`; a line that begins with \ holds a path with \n or \\ in it, as sha256sum writes them. */
function readSums(text: string, bad: (message: string) => UserError): Map<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, escaped, sum = '', path = ''] = /^(\\?)([0-9a-f]{64}) [ *](?:\.\/)?(.+)$/.exec(line) ?? []
        if (path === '') throw bad('has SHA256SUMS that cannot be understood')
        return [escaped ? path.replace(/\\(.)/g, (_, one) => (one === 'n' ? '\n' : one)) : path, sum]
      }),
  )
}

/** A file that ends with the SHA-256 of all that is before: what etcdctl appends to a snapshot. */
function createTail() {
  const hash: Hash = createHash('sha256')
  let last: Buffer = Buffer.alloc(0)
  return {
    push(piece: Buffer): void {
      const both = Buffer.concat([last, piece])
      const kept = Math.min(32, both.length)
      hash.update(both.subarray(0, both.length - kept))
      last = Buffer.from(both.subarray(both.length - kept))
    },
    said: () => last,
    is: () => hash.digest(),
  }
}
