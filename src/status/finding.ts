import { names } from '../views/summary.ts'
import type { Finding } from './schema.ts'

/** Something found on one host, or on none. `HOSTS` in `next` stands for the names, with commas, of all it was found on. */
export interface Found {
  readonly level: Finding['level']
  readonly host?: string | undefined
  readonly what: string
  readonly next?: string | undefined
}

const order: readonly Finding['level'][] = ['broken', 'warning', 'note']

/** The same thing found on several hosts is one thing to read. The worst first, otherwise in the order they were found. */
export function gather(found: readonly Found[]): Finding[] {
  const groups = new Map<string, { readonly first: Found; readonly hosts: Set<string> }>()
  for (const each of found) {
    const key = JSON.stringify([each.level, each.what, each.next])
    const group = groups.get(key) ?? { first: each, hosts: new Set<string>() }
    if (each.host !== undefined) group.hosts.add(each.host)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map(({ first, hosts: set }): Finding => {
      const hosts = [...set]
      const next = first.next?.replaceAll('HOSTS', hosts.join(','))
      return { level: first.level, hosts, what: first.what, ...(next === undefined ? {} : { next }) }
    })
    .sort((one, other) => order.indexOf(one.level) - order.indexOf(other.level))
}

/** `w1, w2: what`, however many hosts. */
export function findingTitle(finding: Finding): string {
  return finding.hosts.length === 0 ? finding.what : `${names(finding.hosts)}: ${finding.what}`
}
