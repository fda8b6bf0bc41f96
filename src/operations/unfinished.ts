import type { Inventory } from '../inventory/inventory.ts'
import { statePaths } from '../state/paths.ts'
import { type RebuildState, readRebuildState } from '../state/rebuild.ts'
import { type RestoreState, readRestoreState } from '../state/restore.ts'
import { type Undertaking, unfinishedError } from '../transport/undertaking.ts'

/**
 * Refuses where a restore or rebuild of this cluster was begun on this machine and has not ended; every command that changes
 * hosts calls it before it asks or contacts anything. `own`: what the command goes on with itself. Throws LockedError, which
 * names both ways out, and UserError where a journal cannot be read.
 */
export async function refuseUnfinished(inventory: Inventory, own?: Undertaking['verb']): Promise<void> {
  const paths = statePaths(inventory)
  const restore = own === 'restore' ? undefined : readRestoreState(inventory)
  if (restore !== undefined) {
    const command = `provision restore ${restore.archive}`
    throw unfinishedError(ofRestore(restore), paths.restore, command)
  }
  const rebuild = own === 'rebuild' ? undefined : readRebuildState(inventory)
  if (rebuild !== undefined) {
    const command = `provision rebuild${rebuild.kind === 'empty' ? ' --empty' : ''}`
    throw unfinishedError(ofRebuild(rebuild), paths.rebuild, command)
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
