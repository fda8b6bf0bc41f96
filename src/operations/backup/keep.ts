import { join } from 'node:path'
import { type Sealing, writeEncrypted } from '../../archive/encrypted-file.ts'
import type { Lock } from '../../archive/encryption-keys.ts'
import { addNote, archiveName, listArchives, makeDirectory, pruneArchives } from '../../archive/store.ts'
import { type Checked, createTarCheck } from '../../archive/verify.ts'
import { isPast } from '../../events/past.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { HostFile } from '../../run/transfers.ts'
import { statePaths } from '../../state/paths.ts'
import { plural } from '../../views/style.ts'
import type { GlobalOptions } from '../options.ts'
import { say } from '../output.ts'

/** An archive on this machine, checked as it came. */
export interface Kept extends Checked {
  readonly file: string
}

/** Encrypts a tar as it comes, and looks at what goes by: what is not whole and right is not kept. Throws UserError. */
export async function keepArchive(
  file: HostFile,
  inventory: Inventory,
  lock: Lock | Sealing,
  now: Date,
): Promise<Kept> {
  const directory = statePaths(inventory).backups
  await makeDirectory(directory)
  const path = join(directory, archiveName(inventory.cluster, now))
  const check = createTarCheck(`the data of ${file.host}`)
  let checked: Checked | undefined
  async function* seen(): AsyncGenerator<Uint8Array> {
    for await (const piece of file.bytes) {
      check.push(piece)
      yield piece
    }
    // Before the file gets its name.
    checked = await check.end()
  }
  await writeEncrypted(path, lock, seen())
  if (checked === undefined) throw new TypeError('the archive was not read completely')
  await addNote(path, { manifest: checked.manifest, openedAt: now.toISOString() })
  return { ...checked, file: path }
}

/** Removes what backup.keep no longer keeps, and says so. */
export async function prune(inventory: Inventory, options: GlobalOptions): Promise<void> {
  const directory = statePaths(inventory).backups
  const archives = await listArchives(directory, inventory.cluster)
  const now = Date.now()
  const future = archives.filter((one) => !isPast(one.at, now)).map((one) => one.name)
  if (future.length > 0)
    tell(
      `Not counted, because their time is in the future: ${future.join(', ')}. Check the clock of the host that created them. ` +
        'Verify the archives you need, and delete the others.',
      options,
    )
  const gone = await pruneArchives(archives, inventory.backup.keep)
  if (gone.length > 0)
    tell(`Removed ${plural(gone.length, 'old archive')}: ${gone.map((one) => one.name).join(', ')}`, options)
}

/** What came of it, after a blank line. */
export function tell(text: string, options: GlobalOptions): void {
  say(options, `\n${text}`)
}
