import picomatch from 'picomatch'
import { UserError } from '../errors.ts'
import { suggestion } from '../yaml/suggest.ts'
import type { Host, Inventory } from './inventory.ts'

/**
 * Hosts that `--limit` names, in the inventory's order; without it all. A comma-separated list of names, globs
 * (`w*`), `role=worker` and `label=KEY[=VALUE]`. Throws UserError where a part selects nothing.
 */
export function selectHosts(inventory: Inventory, limit?: string): Host[] {
  if (limit === undefined) return [...inventory.hosts]
  const patterns = limit
    .split(',')
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
  if (patterns.length === 0) throw new UserError('--limit is empty', 'name hosts, or omit --limit to select all hosts')
  const problems = patterns.flatMap((pattern) => {
    const fits = matcher(pattern)
    if (inventory.hosts.some(fits)) return []
    return [{ message: `--limit ${pattern} selects no host of ${inventory.file}`, hint: hintFor(pattern, inventory) }]
  })
  if (problems.length > 0) throw new UserError(problems)
  const matchers = patterns.map(matcher)
  return inventory.hosts.filter((host) => matchers.some((fits) => fits(host)))
}

function matcher(pattern: string): (host: Host) => boolean {
  const [kind, key = '', ...rest] = pattern.split('=')
  if (kind === 'role') return (host) => host.role === key
  if (kind === 'label') {
    const value = rest.length > 0 ? rest.join('=') : undefined
    return (host) => Object.hasOwn(host.labels, key) && (value === undefined || host.labels[key] === value)
  }
  const fits = picomatch(pattern)
  return (host) => host.name === pattern || fits(host.name)
}

function hintFor(pattern: string, inventory: Inventory): string {
  const [kind, key = ''] = pattern.split('=')
  if (kind === 'role') return suggestion(key, ['control-plane', 'worker'])
  const labels = [...new Set(inventory.hosts.flatMap((host) => Object.keys(host.labels)))]
  if (kind === 'label')
    return labels.length === 0 ? 'remove it: no host in the inventory has labels' : suggestion(key, labels)
  return suggestion(
    pattern,
    inventory.hosts.map((host) => host.name),
  )
}
