import { UserError } from '../errors.ts'
import { openHeader, readEncrypted } from './encrypted-file.ts'
import type { Keys } from './encryption-keys.ts'
import { type Checked, checkTar } from './verify.ts'

/** An archive that has been read to its end and found whole and right. */
export interface Archive extends Checked {
  /** On this machine. */
  readonly file: string
  /** Its tar, decrypted again as it is read, from this byte on: what a host is given. */
  readonly tar: (offset?: number) => AsyncIterable<Uint8Array>
}

/**
 * Opens an archive and proves all that can be proven on this machine. `cluster`: whose it must be. Throws UserError: no such
 * file, wrong key, cut short, altered, not an archive, of another cluster; nothing has been touched then.
 */
export async function openArchive(file: string, keys: Keys, cluster: string | undefined): Promise<Archive> {
  const key = await openHeader(file, keys)
  const checked = await checkTar(readEncrypted(file, key), file)
  if (cluster !== undefined && checked.manifest.cluster !== cluster) {
    throw new UserError(
      `${file} is an archive of the cluster ${checked.manifest.cluster}, not of ${cluster}`,
      'name an archive of this cluster, or the inventory of that one',
    )
  }
  return { ...checked, file, tar: (offset = 0) => from(readEncrypted(file, key), offset) }
}

async function* from(source: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array> {
  let left = offset
  for await (const piece of source) {
    if (left < piece.length) yield piece.subarray(left)
    left = Math.max(0, left - piece.length)
  }
}
