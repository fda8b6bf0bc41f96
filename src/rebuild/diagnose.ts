import { UserError } from '../errors.ts'
import type { Role } from '../inventory/inventory.ts'
import { type Ailment, ailmentsOf, expiredOf, lastingKeys } from './ailments.ts'
import type { Look } from './look.ts'

/** One host as it was found. */
export interface Found {
  readonly name: string
  readonly role: Role
  /** Undefined where it did not answer. */
  readonly look?: Look | undefined
  /** Why it did not. */
  readonly reason?: string | undefined
}

/** An archive on this machine. */
export interface ArchiveFile {
  readonly file: string
  /** ms since 1970. */
  readonly at: number
}

export interface Wishes {
  /** An archive to build from, whatever is found. */
  readonly from?: string | undefined
  readonly empty?: boolean | undefined
  readonly force?: boolean | undefined
}

/** Where the data of the new cluster comes from. */
export type Source =
  /** etcd answers there, with a majority behind it. */
  | { readonly kind: 'live'; readonly host: string }
  /** etcd is dead; what it left on these control planes is read, and the member that got furthest is taken. */
  | { readonly kind: 'rest'; readonly hosts: readonly string[] }
  | { readonly kind: 'archive'; readonly file: string; readonly at?: number }
  /** `--empty`. */
  | { readonly kind: 'none' }

export interface Diagnosis {
  /**
   * `well`: nothing to do. `alive`: the control plane serves and what is wrong is not for a rebuild. `repair`: the data is
   * in no danger, the software is put right around it. `rebuild`: the control plane is made anew from saved data.
   */
  readonly state: 'well' | 'alive' | 'repair' | 'rebuild'
  readonly findings: readonly Ailment[]
  readonly source: Source
  /** The control plane that is built first, and all that are built. */
  readonly first: string
  readonly controlPlanes: readonly string[]
  /** Nodes with an identity that the cluster's CA does not stand behind any more: they get a new one and keep their pods. */
  readonly identities: readonly string[]
  /** Hosts whose software is put right. */
  readonly repaired: readonly string[]
  /** They did not answer: nothing is done to them. */
  readonly leftOut: readonly string[]
}

/**
 * What is wrong with a cluster and what a rebuild would do about it. Pure. `now`: ms since 1970. Throws UserError where
 * nothing can be done as wished.
 */
export function diagnose(
  hosts: readonly Found[],
  archives: readonly ArchiveFile[],
  wishes: Wishes,
  now: number,
): Diagnosis {
  const { controlPlanes, first, leftOut, stray, ailments, findings } = judge(hosts, now)
  const serving = controlPlanes.filter((host) => host.look.api === 'ok' && host.look.etcd.healthy)
  const asked = wishes.force === true || wishes.empty === true || wishes.from !== undefined
  // A control plane that does not serve may not be left to an ordinary run: it would begin a cluster of its own.
  const lost =
    stray.length > 0 || controlPlanes.some((host) => !serving.includes(host) || expiredOf(host.look, now).length > 0)
  const software = ailments.some((each) => each.kind === 'software' || each.kind === 'identity')
  const state = asked || lost ? 'rebuild' : software ? 'repair' : findings.length > 0 ? 'alive' : 'well'
  return {
    state,
    findings,
    source: sourceOf(controlPlanes, archives, wishes),
    first: first.name,
    controlPlanes: controlPlanes.map((host) => host.name),
    identities: ailments.filter((each) => each.kind === 'identity').map((each) => each.host),
    repaired: [...new Set(ailments.filter((each) => each.kind === 'software').map((each) => each.host))],
    leftOut: leftOut.map((host) => host.name),
  }
}

/** All that is wrong with the hosts. Pure. `now`: ms since 1970. Throws UserError where no control plane answers. */
export function findingsOf(hosts: readonly Found[], now: number): readonly Ailment[] {
  return judge(hosts, now).findings
}

function judge(hosts: readonly Found[], now: number) {
  const answering = hosts.filter((host): host is Found & { look: Look } => host.look !== undefined)
  const controlPlanes = answering.filter((host) => host.role === 'control-plane')
  const first = controlPlanes[0]
  if (first === undefined) {
    const silent = hosts.filter((host) => host.role === 'control-plane')
    throw new UserError(
      `no control plane responds\n${silent.map((host) => `  ${host.name}: ${host.reason ?? 'no response'}`).join('\n')}`,
      'make one reachable by ssh, if necessary a new machine with the same name and address',
    )
  }
  const stray = strayOf(controlPlanes)
  const ailments = [...answering.flatMap((host) => ailmentsOf(host, answering, now)), ...stray]
  const leftOut = hosts.filter((host) => host.look === undefined)
  const silent = leftOut.map(
    (host): Ailment => ({
      host: host.name,
      kind: 'silent',
      text: `is skipped: ${host.reason ?? 'no response'}`,
    }),
  )
  return { controlPlanes, first, leftOut, stray, ailments, findings: [...silent, ...ailments] }
}

/** Where the truth is: a living etcd, else what a dead one left, else an archive. */
function sourceOf(
  controlPlanes: readonly (Found & { look: Look })[],
  archives: readonly ArchiveFile[],
  wishes: Wishes,
): Source {
  if (wishes.empty) return { kind: 'none' }
  if (wishes.from !== undefined) return { kind: 'archive', file: wishes.from }
  const live = controlPlanes.filter((host) => host.look.etcd.healthy).sort(byProgress)
  if (live.length > 0) return { kind: 'live', host: (live.find(hasKeys) ?? keyless(live)).name }
  const left = controlPlanes.filter((host) => host.look.etcd.data !== undefined).sort(byProgress)
  // Who got furthest is not passed over for want of a file that can be copied.
  if (left[0] !== undefined && !hasKeys(left[0])) keyless(left)
  if (left.length > 0) return { kind: 'rest', hosts: left.filter(hasKeys).map((host) => host.name) }
  const newest = [...archives].sort((a, b) => b.at - a.at)[0]
  if (newest) return { kind: 'archive', ...newest }
  const timers = controlPlanes.filter((host) => host.look.archives.length > 0).map((host) => host.name)
  throw new UserError(
    'no reachable control plane has etcd data, and no archive of this cluster is on this machine',
    timers.length > 0
      ? `download the archives of ${timers.join(', ')} with \`provision backup fetch\``
      : 'set an archive with --from FILE, or create an empty cluster with --empty, which loses all data',
  )
}

function hasKeys({ look }: { readonly look: Look }): boolean {
  return lastingKeys.every((name) => look.keys[name] === 'fits' || look.keys[name] === 'present')
}

/** Without the CAs' keys and that of the service accounts, no node and no pod would know the new cluster. */
function keyless(hosts: readonly (Found & { look: Look })[]): never {
  const [furthest] = hosts as readonly [Found & { look: Look }]
  const missing = lastingKeys.filter((name) => !['fits', 'present'].includes(furthest.look.keys[name] ?? 'absent'))
  throw new UserError(
    `${furthest.name} has etcd data but no private key for ${missing.join(', ')}`,
    `copy it to /etc/kubernetes/pki there, from another control plane or an archive, or rebuild from an archive: --from FILE`,
  )
}

/**
 * Who got furthest first, as far as it can be told before logs are replayed. Not by the index of the log, which begins anew in
 * a restored cluster; a restored cluster's revisions are far beyond those of the one before it.
 */
function byProgress(a: { readonly look: Look }, b: { readonly look: Look }): number {
  const progress = ({ etcd }: Look) => [etcd.status?.revision ?? 0, etcd.data?.changed ?? 0, etcd.data?.db ?? 0]
  const [own, other] = [progress(a.look), progress(b.look)]
  const at = own.findIndex((value, index) => value !== other[index])
  return at < 0 ? 0 : (other[at] as number) - (own[at] as number)
}

/** A control plane that came back after the others were rebuilt without it still holds the cluster of before. */
function strayOf(controlPlanes: readonly (Found & { look: Look })[]): Ailment[] {
  const clusterOf = (host: { readonly look: Look }) => host.look.etcd.status?.cluster
  const [furthest, ...rest] = controlPlanes.filter((host) => clusterOf(host) !== undefined).sort(byProgress)
  return rest
    .filter((host) => clusterOf(host) !== clusterOf(furthest as Found & { look: Look }))
    .map((host) => ({
      host: host.name,
      kind: 'stray',
      text: `its etcd belongs to another cluster than that of ${furthest?.name}, with older data`,
    }))
}
