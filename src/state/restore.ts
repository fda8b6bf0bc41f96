import { removeFile } from '../disk/durable.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { stampOf } from '../stamp.ts'
import { z } from '../zod.ts'
import { readState, writeState } from './json-file.ts'
import { statePaths } from './paths.ts'
import { worldSchema } from './world.ts'

const schema = z.object({
  id: z.string(),
  /** Of the archive's decrypted tar, in hexadecimal. */
  sha256: z.string(),
  archive: z.string(),
  /** ISO 8601, UTC. */
  begun: z.string(),
  /** user@machine */
  by: z.string().optional(),
  world: worldSchema.optional(),
})

/** A restore under way: written before hosts are touched, removed when the cluster stands. */
export type RestoreState = z.output<typeof schema>

/** The restore that was begun and has not ended; undefined where there is none. Throws UserError where it cannot be understood. */
export function readRestoreState(inventory: Inventory): RestoreState | undefined {
  return readState(statePaths(inventory).restore, schema, {
    by: 'a restore',
    hint: 'inspect it; `provision restore --abandon` shows the state of the hosts and removes it',
  })
}

/** Notes a restore, at once or not at all. */
export function writeRestoreState(inventory: Inventory, state: RestoreState): void {
  writeState(statePaths(inventory).restore, state)
}

/** The restore is over. */
export function removeRestoreState(inventory: Inventory): void {
  removeFile(statePaths(inventory).restore)
}

/** A name for a restore of this archive: unique on the hosts, and sorted by time. */
export function newRestoreId(sha256: string, now: Date): string {
  return `${stampOf(now)}-${sha256.slice(0, 8)}`
}
