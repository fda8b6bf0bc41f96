import { join } from 'node:path'
import { ageOf } from '../../archive/age.ts'
import { listIfThere } from '../../disk/denied.ts'
import { isPast } from '../../events/past.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { ArchiveFile, Found } from '../../rebuild/diagnose.ts'
import { readLook } from '../../rebuild/look.ts'
import { statePaths } from '../../state/paths.ts'
import { keysAtHand } from '../backup/keys.ts'
import type { GlobalOptions } from '../options.ts'
import { query } from '../query.ts'

/** Asks every host that is to be up what is left of its part of the cluster. Changes, locks and shows nothing. */
export async function look(inventory: Inventory, options: GlobalOptions): Promise<Found[]> {
  const hosts = inventory.hosts.filter((host) => host.state === 'up')
  const { outputs, summary } = await query({ inventory, playbook: 'rebuild/probe', hosts }, options)
  const texts = outputs.get('look')
  return hosts.map(({ name, role }) => {
    const outcome = summary.hosts.find((each) => each.name === name)
    const log = summary.failures.find((each) => each.host === name)?.log.trim()
    return { name, role, look: readLook(texts?.get(name) ?? ''), reason: outcome?.error ?? log ?? outcome?.outcome }
  })
}

/** The inventory with those that did not answer left out: nobody waits for them, and none of them can be the first. */
export function without(inventory: Inventory, names: readonly string[]): Inventory {
  const hosts = inventory.hosts.map((host) => (names.includes(host.name) ? { ...host, state: 'down' as const } : host))
  return { ...inventory, hosts }
}

/** Archives of this cluster on this machine, of backups and of earlier rebuilds, that can be told when they were made. */
export async function archivesOf(inventory: Inventory): Promise<ArchiveFile[]> {
  const { backups, rebuilds } = statePaths(inventory)
  const keys = await keysAtHand(inventory)
  const files = await Promise.all([backups, rebuilds].map(archivesIn))
  const found: ArchiveFile[] = []
  for (const file of files.flat()) {
    const at = await ageOf(file, inventory.cluster, keys)
    if (at !== undefined && isPast(at, Date.now())) found.push({ file, at })
  }
  return found
}

async function archivesIn(directory: string): Promise<string[]> {
  const names = listIfThere(directory)
  return names.filter((name) => name.endsWith('.tar.age')).map((name) => join(directory, name))
}
