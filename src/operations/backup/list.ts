import { objectCount } from '../../archive/manifest.ts'
import { listArchives, type Stored } from '../../archive/store.ts'
import { loadInventory } from '../../inventory/load.ts'
import { out } from '../../screen.ts'
import { statePaths } from '../../state/paths.ts'
import { json } from '../../views/json.ts'
import { formatBytes } from '../../views/style.ts'
import { table } from '../../views/table.ts'
import type { GlobalOptions } from '../options.ts'

function row({ file, size, manifest, verifiedAt }: Stored): string[] {
  const objects = manifest ? String(objectCount(manifest)) : ''
  return [file, formatBytes(size), objects, manifest?.kubernetesVersion ?? '', verifiedAt ?? 'no']
}

function plain({ at, ...archive }: Stored) {
  return { ...archive, madeAt: new Date(at).toISOString() }
}

/** Prints the archives on this machine, the newest first. */
export async function list(options: GlobalOptions): Promise<void> {
  const inventory = loadInventory(options.inventory, 'reach')
  const directory = statePaths(inventory).backups
  const archives = await listArchives(directory, inventory.cluster)
  if (options.output === 'json') out.data(`${json({ directory, archives: archives.map(plain) }, 2)}\n`)
  else if (archives.length === 0) out.write(`No archives in ${directory}. Create one with provision backup.\n`)
  else
    out.write(
      `${table(['ARCHIVE', 'SIZE', 'OBJECTS', 'KUBERNETES', 'VERIFIED'], archives.map(row), { right: [1, 2] }).join('\n')}\n`,
    )
}
