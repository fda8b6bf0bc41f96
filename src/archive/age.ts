import { basename } from 'node:path'
import { openHeader, readEncrypted } from './encrypted-file.ts'
import type { Keys } from './encryption-keys.ts'
import type { Manifest } from './manifest.ts'
import { namedAt } from './store.ts'
import { manifestOf } from './verify.ts'

/**
 * When an archive of the cluster was made, ms since 1970: by its manifest where these keys open it, else by its name.
 * Undefined where it is another cluster's, or neither tells. Never by the time of its file, which is that of the last copy.
 */
export async function ageOf(file: string, cluster: string, keys: Keys | undefined): Promise<number | undefined> {
  const manifest = keys && (await manifestIn(file, keys))
  if (manifest === undefined) return namedAt(basename(file), cluster)
  return manifest.cluster === cluster ? Date.parse(manifest.createdAt) : undefined
}

async function manifestIn(file: string, keys: Keys): Promise<Manifest | undefined> {
  try {
    return await manifestOf(readEncrypted(file, await openHeader(file, keys)), file)
  } catch {
    return undefined
  }
}
