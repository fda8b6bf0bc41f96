import type { Found } from '../finding.ts'
import type { ClusterStatus, NodeStatus, PodStatus } from '../schema.ts'

/** What the inventory expects of the cluster. */
export interface Expected {
  /** Nodes that are to be there, and all names that may be. */
  readonly nodes: readonly string[]
  readonly known: readonly string[]
  /** v1.36.3 */
  readonly version: string
}

/** What is wrong with nodes, pods and requests, as an API server says. */
export function judgeCluster(
  {
    nodes,
    pods,
    removed,
    certificateRequests,
  }: Pick<ClusterStatus, 'nodes' | 'pods' | 'removed' | 'certificateRequests'>,
  expected: Expected,
  now: number,
): Found[] {
  const found: Found[] = []
  if (nodes !== undefined) {
    const there = nodes.map((each) => each.name)
    for (const host of expected.nodes.filter((name) => !there.includes(name))) {
      const refused = removed?.find((each) => each.name === host)
      found.push(
        refused === undefined
          ? { level: 'broken', host, what: 'is not in the cluster', next: 'provision add HOSTS' }
          : {
              level: 'broken',
              host,
              what: `was ${refused.when}, and the cluster refuses it as it is`,
              next: 'provision reset HOSTS, then provision add HOSTS; or delete it from the inventory',
            },
      )
    }
    for (const host of there.filter((name) => !expected.known.includes(name)))
      found.push({
        level: 'note',
        host,
        what: 'is in the cluster, but not in the inventory',
        next: 'put it back into the inventory; or, when its host is no more: provision remove --gone HOSTS',
      })
    for (const node of nodes) found.push(...judgeNode(node, expected.version))
  }
  for (const pod of pods?.notReady ?? []) found.push(...judgePod(pod))
  for (const request of certificateRequests) {
    if (now - Date.parse(request.created) < 120_000) continue
    found.push({
      level: 'warning',
      what: `${request.user} has asked for a certificate (${request.signer}), and the request is not approved or denied`,
      next: `when it is yours: kubectl certificate approve ${request.name}`,
    })
  }
  return found
}

function judgeNode(node: NodeStatus, version: string): Found[] {
  const host = node.name
  const found = node.conditions.map((each): Found => {
    const why = each.message || each.reason
    if (each.type === 'Ready')
      return {
        level: 'broken',
        host,
        what: `NotReady since ${each.since}: ${why}`,
        next: 'provision --limit HOSTS, and if that does not help: provision support HOSTS',
      }
    return { level: 'warning', host, what: `${each.type}: ${why}` }
  })
  if (node.cordoned)
    found.push({
      level: 'warning',
      host,
      what: 'cordoned: it gets no new pods',
      next: 'when its maintenance is over: kubectl uncordon HOSTS',
    })
  if (node.leaving) found.push({ level: 'warning', host, what: 'is being deleted' })
  if (node.version !== version)
    found.push({
      level: 'warning',
      host,
      what: `its kubelet is ${node.version}, the inventory says ${version}`,
      next: 'provision --limit HOSTS',
    })
  return found
}

/** A pod that has just been made is on its way, not wrong. */
function judgePod(pod: PodStatus): Found[] {
  const starting =
    /^(ContainerCreating|PodInitializing|Pending|Init:\d+\/\d+)$/.test(pod.state) || pod.state === 'Running'
  if (starting && pod.message === undefined && pod.restarts === 0 && ageSeconds(pod.age) < 120) return []
  const of = `kubectl -n ${pod.namespace}`
  const what = `pod ${pod.namespace}/${pod.name} is ${pod.state}${pod.message ? `: ${pod.message}` : ''}`
  if (/CrashLoopBackOff|^Error$|OOMKilled/.test(pod.state) || pod.restarts >= 5)
    return [
      { level: 'broken', what: `${what}, restarted ${pod.restarts} times`, next: `${of} logs ${pod.name} --previous` },
    ]
  if (/ErrImage|ImagePull/.test(pod.state))
    return [
      {
        level: 'broken',
        what,
        next: `${of} describe pod ${pod.name}: is the image's name right, and its registry reached from ${pod.node}?`,
      },
    ]
  if (pod.state === 'Evicted')
    return [{ level: 'warning', what, next: `${of} delete pod ${pod.name}, when its node has room again` }]
  return [{ level: 'broken', what, next: `${of} describe pod ${pod.name}` }]
}

/** `3m25s`, `5d3h`, as kubectl writes ages. */
function ageSeconds(age: string): number {
  const units: ReadonlyMap<string, number> = new Map(Object.entries({ s: 1, m: 60, h: 3600, d: 86_400, y: 31_536_000 }))
  return [...age.matchAll(/(\d{1,9})([smhdy])/g)].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (units.get(unit) ?? 1),
    0,
  )
}
