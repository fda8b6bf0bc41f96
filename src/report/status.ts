import { z } from 'zod'
import { clean, plainStyle, type Style } from './style.ts'
import { table } from './table.ts'

const node = z.object({
  node: z.string(),
  version: z.string(),
  runtime: z.string(),
  system: z.string(),
  cordoned: z.boolean(),
  conditions: z.record(z.string(), z.string()),
})
const pod = z.object({ pod: z.string(), on: z.string(), phase: z.string(), reason: z.string() })
const expiration = z.object({
  certificates: z.array(z.object({ name: z.string(), expirationDate: z.coerce.date() })),
})

/** Days below which a certificate is worth a warning. */
const SOON = 30

/** What `provision status` shows and, with --output json, prints as it is. */
export interface ClusterStatus {
  readonly nodes: readonly z.infer<typeof node>[]
  readonly podsNotReady: readonly z.infer<typeof pod>[]
  /** The certificate of each control plane that expires first. */
  readonly certificates: readonly { readonly host: string; readonly name: string; readonly daysLeft: number }[]
  /** Hosts of the inventory that are no nodes, and nodes that are not in the inventory. */
  readonly missing: readonly string[]
  readonly unknown: readonly string[]
}

/** Makes sense of what the hosts printed; what is not in the form we asked for is passed over. `now`: ms since 1970. */
export function readStatus(
  state: string,
  certificates: ReadonlyMap<string, string>,
  expected: readonly string[],
  now: number,
): ClusterStatus {
  const lines = state.split('\n').flatMap(parseLine)
  const nodes = lines.flatMap((line) => node.safeParse(line).data ?? [])
  const names = nodes.map((each) => each.node)
  return {
    nodes,
    podsNotReady: lines.flatMap((line) => pod.safeParse(line).data ?? []),
    certificates: [...certificates].flatMap(([host, text]) => {
      const parsed = parseLine(text.replaceAll('\n', ' ')).flatMap((value) => expiration.safeParse(value).data ?? [])
      const first = parsed.flatMap((each) => each.certificates).sort((a, b) => +a.expirationDate - +b.expirationDate)[0]
      if (first === undefined) return []
      return [{ host, name: first.name, daysLeft: Math.floor((+first.expirationDate - now) / 86_400_000) }]
    }),
    missing: expected.filter((name) => !names.includes(name)),
    unknown: names.filter((name) => !expected.includes(name)),
  }
}

/** Whether there is anything an operator should look at. */
export function isHealthy(status: ClusterStatus): boolean {
  return (
    status.missing.length === 0 &&
    status.podsNotReady.length === 0 &&
    status.nodes.every((each) => stateOf(each) === 'Ready') &&
    status.certificates.every((each) => each.daysLeft > SOON)
  )
}

/** The screen. */
export function statusText(status: ClusterStatus, style: Style = plainStyle): string {
  const nodes = status.nodes.map((each) => {
    const state = stateOf(each)
    const colour = state === 'Ready' ? 'green' : 'red'
    return [clean(each.node), style(colour, clean(state)), clean(each.version), clean(each.runtime), clean(each.system)]
  })
  const blocks = [table(['NODE', 'STATE', 'VERSION', 'RUNTIME', 'SYSTEM'], nodes).join('\n')]
  if (status.missing.length > 0) blocks.push(style('red', `not in the cluster: ${status.missing.join(', ')}`))
  if (status.unknown.length > 0) blocks.push(`in the cluster, but not in the inventory: ${status.unknown.join(', ')}`)
  blocks.push(
    status.podsNotReady.length === 0
      ? 'all pods are ready'
      : table(
          ['POD NOT READY', 'NODE', 'PHASE', 'REASON'],
          status.podsNotReady.map((each) => [each.pod, each.on, each.phase, each.reason.trim()].map(clean)),
        ).join('\n'),
  )
  blocks.push(
    ...status.certificates.map((each) =>
      style(
        each.daysLeft > SOON ? 'green' : 'red',
        `certificates on ${each.host}: ${each.daysLeft} days left (first: ${each.name})`,
      ),
    ),
  )
  return blocks.join('\n\n')
}

function stateOf(each: z.infer<typeof node>): string {
  const bad = Object.entries(each.conditions)
    .filter(([type, value]) => (type === 'Ready' ? value !== 'True' : value === 'True'))
    .map(([type]) => (type === 'Ready' ? 'NotReady' : type))
  return [...(bad.length === 0 ? ['Ready'] : bad), ...(each.cordoned ? ['cordoned'] : [])].join(', ')
}

function parseLine(line: string): unknown[] {
  try {
    return [JSON.parse(line) as unknown]
  } catch {
    return []
  }
}
