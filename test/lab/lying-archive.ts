import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { identityToRecipient } from 'age-encryption'
import { writeEncrypted } from '../../src/archive/encrypted-file.ts'
import type { Manifest } from '../../src/archive/manifest.ts'
import { openArchive } from '../../src/archive/open.ts'
import { makeTar, sumsOf } from '../unit/archive/make.ts'

/** An archive that is right in itself, but for what its manifest says of the cluster. */
export async function rewrite(
  from: string,
  to: string,
  identity: string,
  change: (said: Manifest) => Manifest,
): Promise<void> {
  const archive = await openArchive(from, { identities: [identity] }, undefined)
  const files = filesOf(await buffer(archive.tar()))
  files.delete('SHA256SUMS')
  files.set('manifest.json', Buffer.from(JSON.stringify(change(archive.manifest))))
  const entries = [...files].map(([path, content]) => ({ path, content }))
  const tar = makeTar([...entries.slice(0, 1), { path: 'SHA256SUMS', content: sumsOf(files) }, ...entries.slice(1)])
  if (createHash('sha256').update(tar).digest('hex') === archive.sha256) throw new Error('nothing was changed')
  await writeEncrypted(to, { recipients: [await identityToRecipient(identity)] }, Readable.from([tar]))
}

/** The plain files of a tar with short names. */
function filesOf(tar: Buffer): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  for (let at = 0; tar[at]; ) {
    const path = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8)
    if (tar[at + 156] === 48) files.set(path, tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}
