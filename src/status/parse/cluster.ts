import type { ApiStatus, ClusterStatus, NodeStatus, PodStatus } from '../schema.ts'
import { isName, numberIn, type Records, readRecords, unquote } from './records.ts'

/** What one API server knows of the cluster. */
export type ClusterView = Pick<ClusterStatus, 'nodes' | 'pods' | 'removed' | 'certificateRequests'>

/** The API server of one control plane; see scripts/status/control-plane.sh. Text undefined: it could not be asked. */
export function readApi(host: string, text: string | undefined): ApiStatus {
  if (text === undefined) return { host, state: 'unknown' }
  const records = readRecords(text)
  const message = records.one('api-error')
  const version = records.one('api-version') || undefined
  const told = { ...(version ? { version } : {}), ...(message ? { message } : {}) }
  if (records.has('no-control-plane'))
    return { host, state: 'down', message: 'kubeadm has not made it a control plane' }
  if (records.has('api-refused')) return { host, state: 'refused', ...told }
  if (records.has('api-ready')) return { host, state: 'ready', ...told }
  return { host, state: message?.startsWith('[-]') ? 'failing' : 'down', ...told }
}

/** What the cluster says of its nodes and pods: of all answers the fullest, which is the first that came whole. */
export function readCluster(answers: Iterable<string>): ClusterView {
  const views = [...answers].map((text) => viewOf(readRecords(text)))
  const worth = (view: ClusterView) => (view.nodes === undefined ? 0 : 1) + (view.pods === undefined ? 0 : 1)
  const best = views.reduce<ClusterView | undefined>(
    (found, view) => (found === undefined || worth(view) > worth(found) ? view : found),
    undefined,
  )
  return best ?? { certificateRequests: [] }
}

function viewOf(records: Records): ClusterView {
  const conditions = Map.groupBy(records.all('condition'), ([node]) => node)
  const nodes = records
    .all('node')
    .filter(([name]) => isName(name))
    .map((fields) => nodeOf(fields, conditions.get(fields[0]) ?? []))
  const count = numberIn(records.one('pods'))
  const asked = records.all('request').filter(([name]) => isName(name))
  const requests = asked.map(([name = '', signer = '', user = '', created = '']) => {
    return { name, signer, user: unquote(user), created }
  })
  const removed = records.all('removed').filter(([name]) => isName(name))
  return {
    ...(removed.length === 0
      ? {}
      : { removed: removed.map(([name = '', when = '']) => ({ name, when: unquote(when) })) }),
    ...(nodes.length === 0 ? {} : { nodes }),
    ...(count === undefined ? {} : { pods: { count, notReady: podsOf(records) } }),
    certificateRequests: requests,
  }
}

/** @param own the node's conditions */
function nodeOf(fields: readonly string[], own: readonly (readonly string[])[]): NodeStatus {
  const [name = '', version = '', runtime = '', system = '', cordoned, leaving] = fields
  const conditions = own.map(([, type = '', status = '', since = '', reason = '', message = '']) => {
    return { type, status, since, reason: unquote(reason), message: unquote(message) }
  })
  return {
    name,
    ready: !conditions.some((each) => each.type === 'Ready'),
    conditions,
    version,
    runtime,
    system: unquote(system),
    cordoned: cordoned === 'cordoned',
    leaving: leaving === 'leaving',
  }
}

function podsOf(records: Records): PodStatus[] {
  const why = new Map(
    records.all('why').map(([namespace, name, message = '']) => [`${namespace}/${name}`, unquote(message)]),
  )
  const pods = records.all('pod').filter(([namespace, name]) => isName(namespace) && isName(name))
  return pods.map(([namespace = '', name = '', ready = '', state = '', restarts, rest = '']) => {
    // After the count of restarts kubectl may say when the last one was: `(3m ago)`.
    const [age = '', , node = ''] = rest.replace(/^\([^)]*\)\s*/, '').split(/\s+/)
    const message = why.get(`${namespace}/${name}`)
    return {
      namespace,
      name,
      ready,
      state,
      restarts: numberIn(restarts) ?? 0,
      age,
      node: node === '<none>' ? '' : node,
      ...(message ? { message } : {}),
    }
  })
}
