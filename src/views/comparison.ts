import { clean, plural, type Style } from './style.ts'
import { table } from './table.ts'

/** What became of one kind of objects. Kinds are named as etcd's keys are: `configmaps`, `services/specs`, `GROUP/RESOURCE`. */
export interface KindCount {
  readonly kind: string
  readonly before: number
  readonly now: number
  /** Keys that were there before and are not now. */
  readonly lost: number
}

/** The objects of an archive against those of the cluster that was made of it. */
export interface Comparison {
  readonly kinds: readonly KindCount[]
  /** Keys that are gone, at most 20 of a kind. */
  readonly lostKeys: readonly { readonly kind: string; readonly key: string }[]
  /** Nodes that the cluster knows and the inventory does not. */
  readonly strangers: readonly string[]
  /** Why nothing could be compared. */
  readonly failure?: string | undefined
}

/** Made by the control plane from what else there is, or gone by themselves after a while. */
const fleeting = new Set([
  'certificatesigningrequests',
  'endpointslices',
  'events',
  'leases',
  'masterleases',
  'peerserverleases',
  'services/endpoints',
])

/** Replaced by their controllers under new names: of these, fewer than before is a loss, another name is none. */
const replaced = new Set(['controllerrevisions', 'jobs', 'pods', 'replicasets'])

/** Makes sense of what `scripts/restore/compare.sh.ejs` printed. What it cannot read it leaves out. */
export function readComparison(text: string): Comparison {
  const lines = text.split('\n').map((line) => line.split('\t').map(clean))
  const of = (name: string) => lines.filter(([first]) => first === name).map(([, ...fields]) => fields)
  return {
    kinds: of('kind')
      .map(([kind = '', before, now, lost]) => ({
        kind,
        before: Number(before) || 0,
        now: Number(now) || 0,
        lost: Number(lost) || 0,
      }))
      .sort((one, other) => (one.kind < other.kind ? -1 : 1)),
    lostKeys: of('lost').map(([kind = '', key = '']) => ({ kind, key })),
    strangers: of('node').map(([name = '']) => name),
    failure: of('failed')[0]?.[0],
  }
}

/** How many objects of the kind are lost; 0 for kinds that come and go. */
export function lossOf(count: KindCount): number {
  if (fleeting.has(count.kind)) return 0
  return replaced.has(count.kind) ? Math.max(0, count.before - count.now) : count.lost
}

/** Whether all objects that are to last are there. */
export function isWhole(comparison: Comparison): boolean {
  return (
    comparison.failure === undefined && comparison.kinds.length > 0 && comparison.kinds.every((one) => !lossOf(one))
  )
}

/** The table of kinds, what is lost by name, and one sentence at the end. */
export function comparisonText(comparison: Comparison, style: Style): string {
  if (comparison.failure !== undefined) return style('red', `Objects could not be compared: ${comparison.failure}`)
  const rows = comparison.kinds.map((one) => {
    const loss = lossOf(one)
    const remark = loss > 0 ? style('red', `${loss} lost`) : fleeting.has(one.kind) ? style('dim', 'come and go') : ''
    return [one.kind, String(one.before), String(one.now), remark]
  })
  const lasting = comparison.kinds.filter((one) => !fleeting.has(one.kind))
  const total = lasting.reduce((sum, one) => sum + one.before, 0)
  const losses = comparison.kinds.filter((one) => lossOf(one) > 0)
  const kinds = new Set(losses.map((one) => one.kind))
  const gone = comparison.lostKeys.filter(({ kind }) => kinds.has(kind))
  return [
    ...table(['Objects', 'before', 'now', ''], rows, { right: [1, 2] }),
    '',
    ...gone.map(({ key }) => `  missing: ${key}`),
    ...comparison.strangers.map(
      (name) =>
        `  node ${name} is not in the inventory: kept with the objects bound to it; remove it with \`kubectl delete node ${name}\``,
    ),
    losses.length === 0
      ? style('green', `Nothing lost: ${plural(total, 'object')} of ${plural(lasting.length, 'kind')}.`)
      : style('red', `Lost: ${losses.map((one) => `${lossOf(one)} ${one.kind}`).join(', ')}.`),
  ].join('\n')
}
