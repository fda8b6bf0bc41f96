import type { SecretSource } from '../secret-source.ts'

/** Helm on the control planes. */
export interface Helm {
  readonly version: string
  readonly releases: readonly Release[]
}

/** What Helm installs under a name. */
export interface Release {
  readonly name: string
  readonly namespace: string
  readonly chart: Chart
  readonly values: Readonly<Record<string, unknown>>
  /** Absolute. */
  readonly valuesFile?: string | undefined
  readonly secretValues?: SecretSource | undefined
  readonly wait: boolean
  /** Seconds. */
  readonly timeout: number
}

/** Where a chart comes from; paths are absolute, on the operator's machine. */
export type Chart =
  | { readonly oci: string; readonly version: string }
  | { readonly repository: string; readonly name: string; readonly version: string }
  | { readonly folder: string }
  | { readonly archive: string }
