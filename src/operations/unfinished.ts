import { join } from 'node:path'
import type { Inventory } from '../inventory/inventory.ts'
import { stateDirectory } from '../state/paths.ts'
import { type RebuildState, readJournal, rebuildDirectory } from '../state/rebuild.ts'
import { type RestoreState, readRestoreState } from '../state/restore.ts'
import { type Undertaking, unfinishedError } from '../transport/undertaking.ts'

/**
 * Refuses where a restore or rebuild of this cluster was begun on this machine and has not ended; every command that changes
 * hosts calls it before it asks or contacts anything. `own`: what the command goes on with itself. Throws LockedError, which
 * names both ways out, and UserError where a journal cannot be read.
 */
export async function refuseUnfinished(inventory: Inventory, own?: Undertaking['verb']): Promise<void> {
  const directory = stateDirectory(inventory)
  const restore = own === 'restore' ? undefined : readRestoreState(inventory)
  if (restore !== undefined) {
    const command = `provision restore ${restore.archive}`
    throw unfinishedError(ofRestore(restore), join(directory, 'restore.json'), command)
  }
  const rebuild = own === 'rebuild' ? undefined : await readJournal(rebuildDirectory(directory))
  if (rebuild !== undefined) {
    const command = `provision rebuild${rebuild.kind === 'empty' ? ' --empty' : ''}`
    throw unfinishedError(ofRebuild(rebuild), join(rebuildDirectory(directory), 'state.json'), command)
  }
}

/** Whether one of them is unfinished here, as far as is known. */
export async function isUnfinished(inventory: Inventory): Promise<boolean> {
  try {
    await refuseUnfinished(inventory)
    return false
  } catch {
    return true
  }
}

/** A restore's journal, as hosts are to remember it. */
export function ofRestore({ id, begun, by = '' }: RestoreState): Undertaking {
  return { verb: 'restore', id, since: begun, by }
}

/** A rebuild's journal, as hosts are to remember it. */
export function ofRebuild({ id, begunAt, by = '' }: RebuildState): Undertaking {
  return { verb: 'rebuild', id, since: begunAt, by }
}
