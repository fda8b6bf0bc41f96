import type { Catalogue } from '../catalogue/catalogue.ts'
import { quoted } from '../clean.ts'
import { entryOf } from '../entry-of.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { table } from './table.ts'

/** An add-on as `provision addons` shows it, also as JSON. */
export interface AddonRow {
  readonly name: string
  /** Of the program that this release installs; empty where it is settings alone. */
  readonly version: string
  readonly inInventory: boolean
  /** The version that the cluster has; undefined where it has none, or nobody answered. */
  readonly inCluster?: string | undefined
  readonly summary: string
}

/**
 * Every add-on there is, and those that only the cluster knows.
 * @param answer what a control plane said: `answered`, then lines `NAME VERSION`; undefined where none answered
 */
export function addonRows(inventory: Inventory, catalogue: Catalogue, answer: string | undefined): AddonRow[] {
  const noted = new Map(
    (answer ?? '').split('\n').flatMap((line): [string, string][] => {
      const [, name, version = ''] = /^([a-z0-9-]+)(?: (.*))?$/.exec(line) ?? []
      return name === undefined || line === 'answered' ? [] : [[name, quoted(version, 60)]]
    }),
  )
  const known = Object.entries(catalogue.addons).map(([name, { version, summary }]) => ({ name, version, summary }))
  const others = [...noted.keys()].filter((name) => entryOf(catalogue.addons, name) === undefined)
  const all = [...known, ...others.map((name) => ({ name, version: '', summary: 'not part of this release' }))]
  return all.map((each) => ({
    name: each.name,
    version: each.version,
    inInventory: inventory.addons.some((addon) => addon.name === each.name),
    inCluster: noted.get(each.name),
    summary: each.summary,
  }))
}

/** As a table, with what the next run will do where the two differ. */
export function addonsText(rows: readonly AddonRow[], answered: boolean): string {
  const lines = rows.map((row) => [
    row.name,
    row.inInventory ? 'yes' : '-',
    answered ? (row.inCluster === undefined ? '-' : row.inCluster || 'yes') : '?',
    nextOf(row, answered) ?? row.summary,
  ])
  const text = table(['add-on', 'inventory', 'cluster', ''], lines)
  return [...text, ...(answered ? [] : ['', 'No control plane responded: the installed add-ons are unknown.'])].join(
    '\n',
  )
}

function nextOf(row: AddonRow, answered: boolean): string | undefined {
  if (!answered) return undefined
  if (row.inInventory && row.inCluster === undefined)
    return `${row.summary}; the next run installs ${row.version}`.trim()
  if (!row.inInventory && row.inCluster !== undefined) return `${row.summary}; the next run removes it`
  if (row.inInventory && row.inCluster !== row.version)
    return `${row.summary}; the next run updates it to ${row.version}`
  return undefined
}
