import type { Keys, Lock } from '../../archive/encryption-keys.ts'
import type { Archive } from '../../archive/open.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { Diagnosis, Found, Wishes } from '../../rebuild/diagnose.ts'
import type { RebuildState } from '../../state/rebuild.ts'
import type { Comparison } from '../../views/comparison.ts'
import type { GlobalOptions } from '../options.ts'
import type { Stage } from '../stages.ts'

/** What is the same for all stages of one call. */
export interface RebuildCall {
  readonly wishes: Wishes
  readonly options: GlobalOptions
  /** The inventory, with hosts that do not respond. */
  readonly whole: Inventory
  /** What an earlier call left. */
  readonly earlier: RebuildState | undefined
  readonly found: readonly Found[]
  /** When the hosts were asked, in ms since the epoch. */
  readonly now: number
}

/** How the cluster was built. */
export interface Built {
  readonly exitCode: number
  readonly comparison?: Comparison | undefined
}

/** What the stages have found out so far. */
export interface RebuildProgress {
  readonly diagnosis?: Diagnosis
  /** What an archive is encrypted with and opened by; where there is data to save. */
  readonly secrets?: { readonly lock: Lock; readonly keys: Keys } | undefined
  /** As it is in `.provision`; undefined until the operator has agreed. */
  readonly journal?: RebuildState
  readonly archive?: Archive | undefined
  readonly built?: Built
  /** Whether everything that was to be left alone was. */
  readonly kept?: boolean
  /** The call ends with it. */
  readonly exitCode?: number
}

export type RebuildStage = Stage<RebuildProgress, RebuildCall>
