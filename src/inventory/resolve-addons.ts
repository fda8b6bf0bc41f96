import type { Catalogue } from '../catalogue/catalogue.ts'
import { addonSettings } from './addons-schema.ts'
import type { Addon } from './inventory.ts'
import type { InventoryFile } from './schema.ts'

/** The add-ons that are on, with their defaults, in the catalogue's order, which is that of what they need. Pure. */
export function resolveAddons(addons: InventoryFile['addons'], catalogue: Catalogue): Addon[] {
  return Object.keys(catalogue.addons).flatMap((name) => {
    const given = addons[name as keyof typeof addonSettings]
    if (given === undefined || given === false) return []
    const settings = given === true ? addonSettings[name as keyof typeof addonSettings].parse({}) : given
    return [{ name, settings }]
  })
}
