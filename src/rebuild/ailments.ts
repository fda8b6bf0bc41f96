import type { Role } from '../inventory/inventory.ts'
import type { Look } from './look.ts'

/** One thing that is wrong with a host, as the operator reads it. */
export interface Ailment {
  readonly host: string
  /**
   * `silent`: it does not answer. `software`: packages, programs or units. `service`: a part of the control plane does not
   * serve. `certificate`: expired. `keys`: what only the cluster's first days made is gone. `identity`: a node's own.
   * `room`: the disk is full. `stray`: another cluster than the others'.
   */
  readonly kind: 'silent' | 'software' | 'service' | 'certificate' | 'keys' | 'identity' | 'room' | 'stray'
  readonly text: string
}

interface Host {
  readonly name: string
  readonly role: Role
  readonly look: Look
}

/** Without these nothing of Kubernetes runs. Docker is the operators' own tool, and asked about only where it is installed. */
const needed = ['kubelet', 'kubeadm', 'containerd', 'runc']
/** Keys that cannot be made again without every node and pod noticing: below /etc/kubernetes/pki. */
export const lastingKeys = ['ca', 'front-proxy-ca', 'etcd/ca', 'sa'] as const
/** Less than this and neither etcd nor a snapshot of it has room. Bytes. */
const ROOM = 200_000_000

/** All that is wrong with a host, of those that answered. Pure. */
export function ailmentsOf(host: Host, answering: readonly Host[], now: number): Ailment[] {
  const { look } = host
  const ail = (kind: Ailment['kind'], text: string): Ailment => ({ host: host.name, kind, text })
  const found = softwareOf(look).map((text) => ail('software', text))
  for (const [path, free] of Object.entries(look.free)) {
    if (free < ROOM) found.push(ail('room', `only ${Math.round(free / 1_000_000)} MB are free in ${path}`))
  }
  if (host.role === 'control-plane') found.push(...controlPlaneOf(host, now).map(([kind, text]) => ail(kind, text)))
  const identity = identityOf(look, answering, now)
  if (identity !== undefined) found.push(ail('identity', identity))
  return found
}

/** Certificates of a control plane that are no good now: expired, or not yet valid. */
export function expiredOf(look: Look, now: number): string[] {
  return Object.entries(look.certificates)
    .filter(([, { notBefore, notAfter }]) => now > notAfter || now < notBefore)
    .map(([name]) => name)
    .filter((name) => name !== 'kubelet' && name !== 'kubelet.conf:client')
}

function softwareOf(look: Look): string[] {
  const absent = needed.filter((name) => (look.binaries[name] ?? 'absent') === 'absent')
  const broken = Object.entries(look.binaries).flatMap(([name, version]) => (version === 'broken' ? [name] : []))
  const packages = look.packages.filter((each) => !['ii', 'hi'].includes(each.state) || each.altered > 0)
  const units = Object.entries(look.units).filter(([, state]) => state !== 'active')
  const missing = ['kubelet.service', 'containerd.service'].filter((unit) => look.units[unit] === undefined)
  return [
    ...(absent.length > 0 ? [`${absent.join(', ')}: not installed`] : []),
    ...(broken.length > 0 ? [`${broken.join(', ')}: installed, but not running`] : []),
    ...packages.map((each) =>
      each.altered > 0
        ? `package ${each.name}: ${each.altered} of its files were modified`
        : `package ${each.name}: half installed (${each.state})`,
    ),
    ...missing.filter((unit) => !absent.includes(unit.replace('.service', ''))).map((unit) => `${unit}: not installed`),
    ...units.map(([unit, state]) => `${unit}: ${state}`),
  ]
}

function controlPlaneOf({ look }: Host, now: number): [Ailment['kind'], string][] {
  const found: [Ailment['kind'], string][] = []
  const expired = expiredOf(look, now)
  if (expired.length > 0) {
    const until = new Date(Math.min(...expired.map((name) => look.certificates[name]?.notAfter ?? now)))
    found.push(['certificate', `${expired.length} certificates have expired, the first on ${day(until)}`])
  }
  const keys = lastingKeys.filter((name) => look.keys[name] !== 'fits' && look.keys[name] !== 'present')
  const made = look.manifests.length > 0 || look.etcd.data !== undefined || keys.length < 4
  if (!made) return [...found, ['service', 'no control plane installed']]
  if (keys.length > 0) found.push(['keys', `the private key of ${keys.join(', ')} is missing or does not match`])
  if (look.etcd.data === undefined) found.push(['service', 'etcd has no data'])
  else if (!look.etcd.healthy) {
    const alive = look.processes.etcd !== undefined ? 'is running without a quorum' : 'is not running'
    found.push(['service', `etcd ${alive}; its data exists`])
  }
  if (look.api !== 'ok') found.push(['service', `the API server is not running: ${look.api || 'not installed'}`])
  return found
}

/** What is wrong with the kubelet's right to speak for its node. */
function identityOf(look: Look, answering: readonly Host[], now: number): string | undefined {
  const own = look.certificates.kubelet ?? look.certificates['kubelet.conf:client']
  const trusted = look.certificates['kubelet.conf:ca']
  if (trusted === undefined || own === undefined) return undefined
  const authorities = answering
    .filter((each) => each.role === 'control-plane' && each.look.keys.ca !== 'absent')
    .flatMap((each) => each.look.certificates.ca ?? [])
  if (authorities.length > 0 && !authorities.some((ca) => ca.key === trusted.key))
    return 'the kubelet trusts another CA than that of the control plane'
  if (now > own.notAfter) return `the kubelet's certificate expired on ${day(new Date(own.notAfter))}`
  return undefined
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
