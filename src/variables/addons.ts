import { createHash } from 'node:crypto'
import type { Catalogue } from '../catalogue/catalogue.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { htpasswd } from './htpasswd.ts'
import type { SettingsSecrets, VariableInput } from './input.ts'
import { kubernetesRegistry } from './package-sources.ts'

/** An add-on as playbooks and templates see it. */
export interface WantedAddon {
  readonly name: string
  readonly version: string
  readonly images: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
  /** Of its secrets: another where what it reads at its start is another. */
  readonly digest: string
  /** Template of its objects. */
  readonly manifest: string
  /** Template of the script that uses it. */
  readonly proof: string
}

/** The add-ons that the inventory names, each after those it needs. */
export function addonsOf(inventory: Inventory, catalogue: Catalogue, secrets: SettingsSecrets): WantedAddon[] {
  const registry = kubernetesRegistry(inventory, catalogue)
  return inventory.addons.flatMap(({ name, settings, secrets: sources }) => {
    const entry = catalogue.addons[name]
    if (entry === undefined) return []
    const own = Object.fromEntries(Object.keys(sources).map((key) => [key, secrets.addons[name]?.[key] ?? '']))
    const wanted = { ...entry.images, ...(inventory.mirrors.hubByPreset && entry.imagesInChina) }
    const images = Object.entries(wanted).map(([key, image]) => [
      key,
      image.replace(`${catalogue.kubernetes.registry}/`, `${registry.host}/`),
    ])
    return {
      name,
      version: entry.version,
      images: Object.fromEntries(images) as Record<string, string>,
      settings,
      secrets: own,
      digest: createHash('sha256').update(JSON.stringify(own)).digest('hex').slice(0, 16),
      manifest: `addons/${name}/manifest.yaml.ejs`,
      proof: `addons/${name}/verify.sh.ejs`,
    }
  })
}

/** The add-ons of the inventory. */
export function addonVariables({ inventory, catalogue, secrets }: VariableInput) {
  return {
    addons: addonsOf(inventory, catalogue, secrets),
    addonNames: inventory.addons.map((each) => each.name),
    servingCertificates: inventory.addons.some((each) => each.name === 'metrics-server'),
    htpasswd,
  }
}
