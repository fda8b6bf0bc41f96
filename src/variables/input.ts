import type { Catalogue } from '../catalogue/catalogue.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'

/** What the inventory's settings name a source for, instead of the secret itself. In memory only. */
export interface SettingsSecrets {
  /** Passwords of private registries, by host. */
  readonly registries: Readonly<Record<string, string>>
  /** Of the login at the proxy; empty without one. */
  readonly proxy: string
  /** By add-on and the setting it stands for. */
  readonly addons: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Values of Helm's releases that nobody is to see, as YAML, by release. */
  readonly releases: Readonly<Record<string, string>>
}

/** For who only looks at programs: every password is empty. */
export const noSecrets: SettingsSecrets = { registries: {}, proxy: '', addons: {}, releases: {} }

/** What all variables of one host are made from. */
export interface VariableInput {
  readonly inventory: Inventory
  readonly host: Host
  readonly facts: HostFacts
  readonly catalogue: Catalogue
  readonly secrets: SettingsSecrets
}
