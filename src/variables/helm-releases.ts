import { entryOf } from '../entry-of.ts'
import type { Chart } from '../inventory/helm/helm.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { type ChartRegistry, chartRegistry, helmProgram } from './helm.ts'
import type { SettingsSecrets, VariableInput } from './input.ts'

/** Arguments of the `helmRelease` word. */
export interface WantedRelease {
  readonly name: string
  readonly namespace: string
  readonly chart: Chart
  readonly registry?: ChartRegistry
  readonly values: Readonly<Record<string, unknown>>
  readonly valuesFile?: string
  readonly secretValues?: string
  readonly wait: boolean
  readonly timeout: number
}

/** The releases of the inventory, in its order. */
export function releasesOf(inventory: Inventory, secrets: SettingsSecrets): WantedRelease[] {
  return (inventory.helm?.releases ?? []).map((release) => {
    const { name, namespace, chart, values, valuesFile, wait, timeout } = release
    const registry = chartRegistry(release, inventory, secrets.registries)
    const secret = release.secretValues && (entryOf(secrets.releases, name) ?? '')
    return {
      ...{ name, namespace, chart, values, wait, timeout },
      ...(registry && { registry }),
      ...(valuesFile !== undefined && { valuesFile }),
      ...(secret !== undefined && { secretValues: secret }),
    }
  })
}

/** Helm and the releases of the inventory. */
export function helmVariables({ inventory, facts, catalogue, secrets }: VariableInput) {
  return {
    helm: { wanted: inventory.helm !== undefined, program: helmProgram(inventory, facts, catalogue) },
    releases: releasesOf(inventory, secrets),
    releaseNames: inventory.helm?.releases.map((each) => `${each.namespace}/${each.name}`) ?? [],
  }
}
