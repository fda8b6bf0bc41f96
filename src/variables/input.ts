import type { Catalogue } from '../catalogue/catalogue.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { SettingsSecrets } from './settings-secrets.ts'

/** What all variables of one host are made from. */
export interface VariableInput {
  readonly inventory: Inventory
  readonly host: Host
  readonly facts: HostFacts
  readonly catalogue: Catalogue
  readonly secrets: SettingsSecrets
}
