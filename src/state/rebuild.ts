import { removeFile } from '../disk/durable.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { z } from '../zod.ts'
import { readState, writeState } from './json-file.ts'
import { statePaths } from './paths.ts'
import { worldSchema } from './world.ts'

const container = z.object({ pod: z.string(), id: z.string(), started: z.number() })

const schema = z.object({
  format: z.literal(1),
  /** Names the rebuild on all hosts. */
  id: z.string(),
  /** ISO 8601, UTC. */
  begunAt: z.string(),
  /** user@machine */
  by: z.string().optional(),
  world: worldSchema.optional(),
  kind: z.enum(['rebuild', 'repair', 'empty']),
  /**
   * `saving`: what there is may not be saved yet. `saved`: the archive is here and was proven; hosts may be changed.
   * `cleared`: with --empty, the hosts have been reset.
   */
  stage: z.enum(['saving', 'saved', 'cleared']),
  /** Where the data comes from, for people. */
  from: z.string(),
  archive: z
    .object({
      /** On this machine; ours to keep, whatever becomes of the rebuild. */
      file: z.string(),
      /** Of the tar in it, in hex. */
      sha256: z.string(),
    })
    .optional(),
  /** What ran on each host before, and under which boot. */
  before: z.record(z.string(), z.object({ boot: z.string(), containers: z.array(container) })),
})

/** How far a rebuild is: what the next call goes on with when this one is cut off. */
export type RebuildState = z.infer<typeof schema>

/** What an earlier call left; undefined where none was cut off. Throws UserError where it cannot be understood. */
export function readRebuildState(inventory: Inventory): RebuildState | undefined {
  return readState(statePaths(inventory).rebuild, schema, {
    by: 'a rebuild',
    hint: 'inspect it; if you delete it, the next rebuild starts over from the data on the hosts; keep the archives beside it',
  })
}

/** Keeps the state: whole and on disk when this returns, or as it was. */
export function writeRebuildState(inventory: Inventory, state: RebuildState): void {
  writeState(statePaths(inventory).rebuild, state)
}

/** The rebuild is over. */
export function removeRebuildState(inventory: Inventory): void {
  removeFile(statePaths(inventory).rebuild)
}
