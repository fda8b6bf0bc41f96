import { entryOf } from '../entry-of.ts'
import type { World } from '../state/world.ts'
import type { Undertaking } from '../transport/undertaking.ts'
import { decodeUndertaking, undertakingText } from '../transport/undertaking.ts'
import { formatSeconds, plural } from '../views/style.ts'
import type { Found } from './diagnose.ts'

/** What is there of the control planes that answered. */
export function worldOf(found: readonly Found[]): World {
  return Object.fromEntries(
    found.flatMap(({ name, role, look }) => {
      if (look === undefined || role !== 'control-plane') return []
      const { certificates, etcd, boot } = look
      const { cluster, member, revision } = etcd.status ?? {}
      return [
        [
          name,
          {
            boot,
            serves: look.api === 'ok' && etcd.healthy,
            ca: certificates.ca?.key,
            ...(cluster !== undefined && { etcd: { cluster, member: member ?? '', revision: revision ?? 0 } }),
          },
        ],
      ]
    }),
  )
}

/** What was begun, as far as it matters for what may have become of it. */
export interface Begun extends Undertaking {
  /** Undefined in a journal that does not say. */
  readonly world?: World | undefined
  /** Whether the CAs are those of before, of the hosts: not out of an archive that may be older, and not made anew. */
  readonly keepsCA: boolean
  /** Hosts that serve a cluster of before are still to be emptied. */
  readonly clears?: boolean
}

export interface Change {
  readonly host: string
  readonly text: string
  /** What is there is not what the journal is about: going on would destroy what came later. */
  readonly contradicts: boolean
}

/** What has changed since it began. Pure. */
export function changesSince(begun: Begun, found: readonly Found[]): Change[] {
  const { world } = begun
  const authorities = Object.values(world ?? {}).flatMap(({ ca }) => ca ?? [])
  return found.flatMap(({ name, role, look }): Change[] => {
    if (role !== 'control-plane' || look === undefined) return []
    const change = (contradicts: boolean, text: string): Change => ({ host: name, text, contradicts })
    const was = entryOf(world ?? {}, name)
    const { ca } = look.certificates
    const changes: Change[] = []
    if (was !== undefined && was.boot !== look.boot) changes.push(change(false, 'was restarted'))
    if (ca !== undefined && ca.notBefore > Date.parse(begun.since))
      changes.push(
        change(true, `its CA was created later, ${new Date(ca.notBefore).toISOString()}: it holds another cluster`),
      )
    else if (ca !== undefined && begun.keepsCA && authorities.length > 0 && !authorities.includes(ca.key))
      changes.push(change(true, 'its CA has changed: it holds another cluster'))
    if (look.api !== 'ok' || look.restored === begun.id) return changes
    const { cluster, revision } = look.etcd.status ?? {}
    if (look.restored !== undefined) changes.push(change(true, `serves the data restored by ${look.restored}`))
    else if (was?.serves === true && (begun.verb === 'restore' || begun.clears === true)) return changes
    else if (begun.clears === true) changes.push(change(true, 'serves a cluster, which it did not then'))
    else if (was?.etcd !== undefined && cluster === was.etcd.cluster)
      changes.push(change(true, `serves the previous cluster again: revision ${revision}, then ${was.etcd.revision}`))
    return changes
  })
}

/** What was begun, how long ago, and what has changed since, as the operator reads it. `now`: ms since 1970. */
export function begunText(begun: Begun, changes: readonly Change[], now: number): string {
  const seconds = Math.max(0, (now - Date.parse(begun.since)) / 1000)
  const age = seconds < 2 * 86_400 ? formatSeconds(seconds) : plural(Math.floor(seconds / 86_400), 'day')
  const rows = changes.map(({ host, text, contradicts }) => `  ${host} ${text}${contradicts ? ' (!)' : ''}`)
  return [`${undertakingText(begun)}, ${age} ago`, ...(rows.length > 0 ? ['Since then', ...rows] : [])].join('\n')
}

/** What hosts remember of other undertakings than this one: their words, and a line each for the operator. */
export function othersOn(
  found: readonly Found[],
  id: string | undefined,
): { readonly words: string[]; readonly lines: string[] } {
  const hosts = new Map<string, string[]>()
  for (const { name, look } of found) {
    if (look?.unfinished === undefined) continue
    // One that is damaged is of nobody.
    const noted = decodeUndertaking(look.unfinished)
    if (noted !== undefined && noted.id === id) continue
    hosts.set(look.unfinished, [...(hosts.get(look.unfinished) ?? []), name])
  }
  const lines = [...hosts].map(([word, names]) => {
    const other = decodeUndertaking(word)
    return `${names.join(', ')}: ${other ? undertakingText(other) : 'a restore or rebuild has not ended, and its record cannot be read'}`
  })
  return { words: [...hosts.keys()], lines }
}
