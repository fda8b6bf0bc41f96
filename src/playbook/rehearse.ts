import { type Problem, UserError } from '../errors.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host } from '../inventory/inventory.ts'
import { sortProblems } from '../yaml/problems.ts'
import { type ExpandInput, expand } from './expand.ts'
import type { Scope } from './lookup.ts'
import { runsOn } from './select.ts'

/** Systems that an unknown host may turn out to be, one of each family. */
const systems: readonly HostFacts[] = [
  { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'amd64' },
]

export type Rehearsal = Omit<ExpandInput, 'host' | 'facts' | 'extra'> & {
  /** What tasks see beside the inventory. May throw UserError for a system that the inventory does not fit. */
  readonly variablesOf: (host: Host, facts: HostFacts) => Scope
}

/**
 * Expands all tasks before any host is contacted, as if the hosts were each of the known systems. Throws UserError with
 * what is wrong whatever they are: a look-up that leads nowhere, and arguments that no system makes right.
 */
export function rehearse(rehearsal: Rehearsal): void {
  const problems = representatives(rehearsal).flatMap((host) => rehearseHost(host, rehearsal))
  if (problems.length > 0) throw new UserError(sortProblems(problems))
}

function rehearseHost(host: Host, rehearsal: Rehearsal): readonly Problem[] {
  const found = systems.flatMap((facts) => {
    const { scope, misfit } = scopeFor(host, facts, rehearsal)
    if (misfit !== undefined) return []
    const input = { ...rehearsal, host, facts, extra: scope }
    return [{ lookups: problemsOf({ ...input, lookupsOnly: true }), all: problemsOf(input) }]
  })
  const everywhere = found[0]?.all.filter((problem) =>
    found.every(({ all }) => all.some((other) => same(problem, other))),
  )
  return [...found.flatMap(({ lookups }) => lookups), ...(everywhere ?? [])]
}

function scopeFor(host: Host, facts: HostFacts, rehearsal: Rehearsal): { scope?: Scope; misfit?: UserError } {
  try {
    return { scope: rehearsal.variablesOf(host, facts) }
  } catch (error) {
    if (error instanceof UserError) return { misfit: error }
    throw error
  }
}

function problemsOf(input: ExpandInput): readonly Problem[] {
  try {
    expand(input)
    return []
  } catch (error) {
    if (error instanceof UserError) return error.problems
    throw error
  }
}

function same(a: Problem, b: Problem): boolean {
  return a.message === b.message && a.source?.line === b.source?.line && a.source?.file === b.source?.file
}

/** One host of each kind: of hosts that go through the same phases and have the same labels one is enough. */
function representatives({ playbooks, inventory }: Pick<Rehearsal, 'playbooks' | 'inventory'>): Host[] {
  const phases = playbooks.flatMap((playbook) => playbook.phases)
  const seen = new Set<string>()
  return inventory.hosts.filter((host) => {
    if (host.state === 'down') return false
    const key = [kindOf(host), ...phases.map((phase) => runsOn(phase, host, inventory))].join(' ')
    const known = seen.has(key)
    seen.add(key)
    return !known
  })
}

function kindOf(host: Host): string {
  return [host.role, ...Object.keys(host.labels).sort(), host.ssh.jump === undefined, host.taints.length > 0].join(',')
}
