import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { Header, Pax } from 'tar'

type Files = ReadonlyMap<string, Uint8Array>

/** What the files are, whatever machine they lie on and whoever packs them. */
export function digestOfFiles(files: Files): string {
  const hash = createHash('sha256')
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content)
  return hash.digest('hex')
}

/** The files as a .tar.gz, the same for the same files. */
export function packFiles(files: Files): Uint8Array {
  const blocks = [...files].flatMap(([path, content]) => [...headerOf(path, content.length), content, padding(content)])
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]))
}

function headerOf(path: string, size: number): Uint8Array[] {
  const about = { path, size, mode: 0o644, uid: 0, gid: 0, type: 'File' as const, mtime: new Date(0) }
  const block = Buffer.alloc(512)
  // A path that is too long for a header stands in one before it.
  if (!new Header(about).encode(block)) return [block]
  return [new Pax({ path }).encode(), block]
}

function padding({ length }: Uint8Array): Uint8Array {
  return Buffer.alloc((512 - (length % 512)) % 512)
}
