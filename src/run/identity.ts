import type { Problem } from '../errors.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import type { HostIdentity } from '../transport/transport.ts'

/** What a host of the inventory says it is. */
export interface Greeting {
  readonly host: Host
  readonly identity: HostIdentity
}

/** What hosts may be. */
export interface Expectation {
  /**
   * `make`: hosts become nodes; `keep`: nodes stay what they are or are reset; `replace`: a restore or rebuild puts another
   * control plane in the place of this one; `any`: hosts of other clusters are taken too.
   */
  readonly nodes: 'make' | 'keep' | 'replace' | 'any'
  /** Public keys of the CAs in the cluster's kubeconfig on this machine, and where that is; none where there is no such file. */
  readonly kept: { readonly authorities: readonly string[]; readonly file: string }
}

/** A host that is not what its line of the inventory says. */
export interface Mistake {
  readonly host: string
  readonly problem: Problem
  /** Told, and no reason to stop. */
  readonly warning?: true
}

/** What contradicts the inventory, or each other, in what hosts say they are. Pure. */
export function mistakesOf(
  greetings: readonly Greeting[],
  inventory: Pick<Inventory, 'cluster' | 'hosts'>,
  expected: Expectation,
): Mistake[] {
  const twice = greetings.flatMap((each, index) => sameMachine(each, greetings.slice(0, index)) ?? [])
  if (expected.nodes === 'any') return twice
  const others = greetings.filter(({ host }) => !twice.some((mistake) => mistake.host === host.name))
  const copies = expected.nodes === 'keep' ? [] : copiesAmong(others, expected)
  return [...twice, ...copies, ...nodeMistakes(others, inventory, expected)]
}

/** The host that this one is, too, by another line of the inventory. */
export function sameMachine({ host, identity }: Greeting, earlier: readonly Greeting[]): Mistake | undefined {
  const first = earlier.find(
    (each) =>
      identity.bootId !== '' &&
      each.identity.bootId === identity.bootId &&
      each.identity.pidNamespace === identity.pidNamespace &&
      each.identity.machineId === identity.machineId,
  )
  if (first === undefined) return undefined
  const machine = [`boot id ${identity.bootId}`, ...(identity.machineId ? [`machine-id ${identity.machineId}`] : [])]
  return mistake(
    host,
    `${host.name} and ${first.host.name} are one machine: ${host.reach} and ${first.host.reach} both connect to ${machine.join(', ')}`,
    `remove one of the two lines, or correct its address`,
  )
}

/** Whether a control plane among them holds the cluster: its etcd has data, and no kubeadm, restore or rebuild is at it. */
export function isClusterHeld(greetings: readonly Greeting[]): boolean {
  return greetings.some(
    ({ host, identity }) => host.role === 'control-plane' && hasAuthority(identity) && identity.node?.rest === 'etcd',
  )
}

/** Whether all control planes that are up have greeted, and none of them holds a cluster. */
export function isNewCluster(greetings: readonly Greeting[], { hosts }: Pick<Inventory, 'hosts'>): boolean {
  const planes = hosts.filter(({ role, state }) => role === 'control-plane' && state === 'up')
  return planes.every(({ name }) => {
    const greeting = greetings.find(({ host }) => host.name === name)
    return greeting !== undefined && !hasAuthority(greeting.identity)
  })
}

/**
 * The control plane outside a run that is to say which cluster this is: where a host of the run is a node, and neither a
 * control plane of the run nor a kubeconfig on this machine says so.
 */
export function controlPlaneToAsk(
  greetings: readonly Greeting[],
  selected: readonly Host[],
  { hosts }: Pick<Inventory, 'hosts'>,
  expected: Expectation | undefined,
): Host | undefined {
  if (expected === undefined || expected.nodes === 'any' || expected.kept.authorities.length > 0) return undefined
  if (!greetings.some(({ identity }) => hasAuthority(identity))) return undefined
  if (selected.some(({ role }) => role === 'control-plane')) return undefined
  return hosts.find(({ role, state }) => role === 'control-plane' && state === 'up')
}

/** Machines with one machine-id, which is for journald, DHCP leases, pod networks and CSI drivers the name of a machine. */
function copiesAmong(greetings: readonly Greeting[], expected: Expectation): Mistake[] {
  const groups = Map.groupBy(greetings, ({ identity }) => identity.machineId)
  return [...groups].flatMap(([machineId, copies]) => {
    const [first, ...rest] = copies
    const last = rest.at(-1)
    if (machineId === '' || first === undefined || last === undefined) return []
    const names = `${[first, ...rest.slice(0, -1)].map(({ host }) => host.name).join(', ')} and ${last.host.name}`
    const found = mistake(
      last.host,
      `${names} have the same machine-id ${machineId}: they are copies of one disk or image`,
      `on ${rest.map(({ host }) => host.name).join(' and on ')}, run \`rm -f /etc/machine-id /var/lib/dbus/machine-id && systemd-machine-id-setup\` and reboot`,
    )
    // A cluster that works is not shut out for it.
    const allNodes = copies.every(({ identity }) => identity.node?.name !== undefined)
    return expected.nodes === 'make' && allNodes ? [{ ...found, warning: true as const }] : [found]
  })
}

function nodeMistakes(
  greetings: readonly Greeting[],
  inventory: Pick<Inventory, 'cluster' | 'hosts'>,
  expected: Expectation,
): Mistake[] {
  const isNamed = ({ host, identity }: Greeting) => (identity.node?.name ?? host.name) === host.name
  const rightName = greetings.filter(isNamed)
  const planes = rightName.filter(({ host, identity }) => host.role === 'control-plane' && hasAuthority(identity))
  const { found, trusted } = controlPlaneMistakes(planes, inventory, expected)
  const noneHolds = expected.nodes === 'make' && isNewCluster(greetings, inventory)
  return [
    ...greetings.filter((each) => !isNamed(each)).map((each) => otherName(each, inventory, trusted)),
    ...found,
    ...rightName
      .filter((each) => !planes.includes(each))
      .flatMap(({ host, identity }) => {
        if (!hasAuthority(identity)) return expected.nodes === 'make' ? leftovers(host, identity) : []
        if (trusted.length > 0 && !shares(identity, trusted)) return [ofAnother(host, identity)]
        return noneHolds && identity.node?.name !== undefined ? [orphaned(host, identity)] : []
      }),
  ]
}

/** What is wrong with control planes among themselves, and the CAs by which the other hosts are judged. */
function controlPlaneMistakes(
  planes: readonly Greeting[],
  { cluster }: Pick<Inventory, 'cluster'>,
  { nodes, kept }: Expectation,
): { readonly found: readonly Mistake[]; readonly trusted: readonly string[] } {
  const misnamed = planes.filter(({ identity }) => (identity.node?.cluster ?? cluster) !== cluster)
  const found = misnamed.map(({ host, identity }) =>
    mistake(
      host,
      `${host.name} is a control plane of the cluster ${identity.node?.cluster}, and the inventory is for ${cluster}`,
      `correct the address of ${host.name}, or write cluster: ${identity.node?.cluster} if you renamed the cluster`,
    ),
  )
  const rest = planes.filter((each) => !misnamed.includes(each))
  const authorities = rest.flatMap(({ identity }) => identity.node?.authorities ?? [])
  // What has begun may have replaced some of them.
  const begun = rest.some(({ identity }) => identity.node?.rest === 'unfinished')
  if (nodes === 'replace' && (begun || kept.authorities.length === 0))
    return { found, trusted: [...authorities, ...kept.authorities] }
  const known = rest.find(({ identity }) => shares(identity, kept.authorities))
  const reference = known ?? rest[0]
  if (reference === undefined) return { found, trusted: kept.authorities }
  if (known === undefined && kept.authorities.length > 0) {
    const other = mistake(
      reference.host,
      `${reference.host.name} is a control plane of another cluster than that of ${kept.file}${serverText(reference.identity)}`,
      `correct the address of ${reference.host.name}; if another machine recreated the cluster, remove ${kept.file}`,
    )
    return { found: [...found, other], trusted: [...authorities, ...kept.authorities] }
  }
  if (nodes === 'replace') return { found, trusted: [...authorities, ...kept.authorities] }
  const own = reference.identity.node?.authorities ?? []
  const strangers = rest.filter(({ identity }) => !shares(identity, own))
  return { found: [...found, ...strangers.map(({ host, identity }) => ofAnother(host, identity))], trusted: own }
}

function otherName(
  { host, identity }: Greeting,
  { hosts }: Pick<Inventory, 'hosts'>,
  trusted: readonly string[],
): Mistake {
  const old = identity.node?.name ?? ''
  const twin = hosts.find(({ name }) => name === old)
  if (twin !== undefined)
    return mistake(
      host,
      `${host.name} carries the identity of node ${old}, which is another host of the inventory${serverText(identity)}`,
      `correct the two addresses if they are swapped; reinstall a host that has a copy of ${old}'s disk`,
    )
  if (shares(identity, trusted))
    return mistake(
      host,
      `${host.name} is node ${old} of this cluster, and a node cannot be renamed`,
      `write ${old} again, run \`provision remove ${old}\`, then write ${host.name} and run \`provision add ${host.name}\`; or correct the address`,
    )
  const cluster = trusted.length > 0 && hasAuthority(identity) ? 'another cluster' : 'a cluster'
  return mistake(
    host,
    `${host.name} is node ${old} of ${cluster} already${serverText(identity)}`,
    `correct the address of ${host.name}, or write ${old} if you renamed the line. ${takeOver(host)}`,
  )
}

function ofAnother(host: Host, identity: HostIdentity): Mistake {
  const what = host.role === 'control-plane' ? 'a control plane' : 'a node'
  const has =
    identity.node?.name === undefined ? 'has the CA of another cluster' : `is ${what} of another cluster already`
  return mistake(
    host,
    `${host.name} ${has}${serverText(identity)}`,
    `correct the address of ${host.name}. ${takeOver(host)}`,
  )
}

function leftovers(host: Host, { node }: HostIdentity): Mistake[] {
  if (host.role !== 'control-plane' || node?.rest !== 'etcd') return []
  return [
    mistake(
      host,
      `${host.name} has etcd data in /var/lib/etcd, but no other files of its cluster`,
      `run \`provision rebuild\`, or \`provision restore FILE\`, to recover that cluster; to delete it permanently, run \`provision reset ${host.name}\``,
    ),
  ]
}

function orphaned(host: Host, identity: HostIdentity): Mistake {
  return mistake(
    host,
    `${host.name} is already a node of a cluster that no control plane in the inventory has${serverText(identity)}`,
    `run \`provision rebuild\`, or \`provision restore FILE\`, to recover the cluster; to delete it permanently, run \`provision reset ${host.name} --force\``,
  )
}

function takeOver({ name }: Host): string {
  return `To take the host over, remove it from that cluster first, then run \`provision reset ${name} --force\``
}

function serverText({ node }: HostIdentity): string {
  return node?.server ? ` (API server ${node.server})` : ''
}

function hasAuthority({ node }: HostIdentity): boolean {
  return node !== undefined && node.authorities.length > 0
}

function shares({ node }: HostIdentity, authorities: readonly string[]): boolean {
  return node?.authorities.some((each) => authorities.includes(each)) === true
}

function mistake(host: Host, message: string, hint: string): Mistake {
  return { host: host.name, problem: { message, source: host.source, hint } }
}
