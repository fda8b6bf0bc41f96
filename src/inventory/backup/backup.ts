import type { SecretSource } from '../secret-source.ts'

/** How archives of the cluster are made and kept. */
export interface Backup {
  /** Public keys of age; empty: a passphrase. */
  readonly recipients: readonly string[]
  /** Absolute path of a file with secret keys of age. */
  readonly identity?: string | undefined
  readonly passphrase?: SecretSource | undefined
  readonly keep: KeepRule
  /** As systemd writes calendar events; undefined: control planes make none by themselves. */
  readonly schedule?: string | undefined
  /** Absolute; undefined: `backups` beside what else is known of the cluster. */
  readonly directory?: string | undefined
}

/** How many archives are kept: the newest ones, and the newest of each of so many days, weeks and months that have any. */
export interface KeepRule {
  readonly last: number
  readonly daily: number
  readonly weekly: number
  readonly monthly: number
}
