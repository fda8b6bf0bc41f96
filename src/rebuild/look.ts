import { createHash, X509Certificate } from 'node:crypto'
import { restoreId } from '../modules/etcd/etcd-restore.ts'

/** What is left of one host's part of a cluster: what scripts/rebuild/look.sh prints, made sense of. */
export interface Look {
  /** Name of a program to its version; `absent`, or `broken` where it is there and does not run. */
  readonly binaries: Readonly<Record<string, string>>
  readonly packages: readonly Package[]
  /** Unit to its ActiveState; only of units that are installed. */
  readonly units: Readonly<Record<string, string>>
  /** By name of the file below /etc/kubernetes/pki, `KUBECONFIG:ca`, `KUBECONFIG:client`, `kubelet`, `node-ca`. */
  readonly certificates: Readonly<Record<string, Certificate>>
  /** Of the CAs and `sa`: `present` is a key that nobody could compare with its certificate. */
  readonly keys: Readonly<Record<string, 'fits' | 'present' | 'absent' | 'does not fit'>>
  /** Static pods that have a manifest. */
  readonly manifests: readonly string[]
  readonly processes: Readonly<Record<string, number>>
  readonly etcd: Etcd
  /** `ok`, or why the API server of this host does not serve; empty where it is not meant to. */
  readonly api: string
  /** Names of nodes to whether they are Ready; empty where the API does not answer. */
  readonly nodes: Readonly<Record<string, boolean>>
  readonly boot: string
  readonly containers: readonly Container[]
  /** Path to what is free there, in bytes. */
  readonly free: Readonly<Record<string, number>>
  readonly marks: readonly string[]
  /** The restore or rebuild that the host remembers as not ended, as one word; `-` where that is damaged. */
  readonly unfinished?: string | undefined
  /** The restore or rebuild that made etcd's data. */
  readonly restored?: string | undefined
  /** Restores and rebuilds that moved etcd's data of before out of its place. */
  readonly aside: readonly string[]
  /** Rebuilds that brought something to a standstill. */
  readonly still: readonly string[]
  /** Archives that the host's own timer made. */
  readonly archives: readonly string[]
}

export interface Package {
  readonly name: string
  /** `ii`, `hi` or what else dpkg calls it. */
  readonly state: string
  readonly version: string
  /** How many of its files, configuration apart, are not as they came. */
  readonly altered: number
}

export interface Certificate {
  readonly subject: string
  /** ms since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** SHA-256 of the public key, in hex: the same for a CA that was renewed with its key. */
  readonly key: string
  readonly pem: string
}

export interface Etcd {
  /** On disk; undefined where there is no data. Sizes in bytes, `changed` in s since 1970. */
  readonly data?: { readonly size: number; readonly db: number; readonly wal: number; readonly changed: number }
  /** Version of etcd's own tools that the host keeps. */
  readonly tools?: string
  /** As the member itself says; numbers too large for JavaScript are text. */
  readonly status?: {
    readonly cluster: string
    readonly member: string
    readonly version: string
    readonly revision: number
    readonly raftIndex: number
  }
  /** Names of the members, where a majority answers. */
  readonly members?: readonly string[]
  /** Whether a read that needs a majority succeeded. */
  readonly healthy: boolean
}

/** A container of a pod that runs. */
export interface Container {
  /** NAMESPACE/NAME, or the pod's UID where its log directory is gone. */
  readonly pod: string
  readonly id: string
  /** Clock ticks since boot. */
  readonly started: number
}

/** Reads what a host printed. Lines that are not in the form we asked for are passed over. Undefined where it is not whole. */
export function readLook(text: string): Look | undefined {
  const lines = text.split('\n').map((line) => line.split(' ').filter((word) => word !== ''))
  if (lines.findLast((line) => line.length > 0)?.[0] !== 'looked') return undefined
  const of = (name: string) => lines.filter((line) => line[0] === name).map((line) => line.slice(1))
  const rest = (name: string) => of(name)[0]?.join(' ') ?? ''
  const pods = new Map(of('pod').flatMap(([directory = '']) => podOf(directory)))
  return {
    binaries: Object.fromEntries(of('binary').map(([name = '', ...version]) => [name, version.join(' ')])),
    packages: of('package').map(([name = '', state = '', version = '', altered = '0']) => {
      return { name, state, version, altered: Number(altered) || 0 }
    }),
    units: Object.fromEntries(
      of('unit')
        .filter(([, load]) => load === 'loaded')
        .map(([name = '', , active = '']) => [name, active]),
    ),
    certificates: Object.fromEntries(of('certificate').flatMap(([name = '', pem = '']) => certificateOf(name, pem))),
    keys: Object.fromEntries(of('key').flatMap(([name = '', ...state]) => keyOf(name, state.join(' ')))),
    manifests: of('manifest').map(([name = '']) => name),
    processes: Object.fromEntries(of('process').map(([name = '', pid = '']) => [name, Number(pid)])),
    etcd: etcdOf(of, rest),
    api: rest('api'),
    nodes: Object.fromEntries(
      (of('nodes')[0] ?? []).map((word) => word.split('=')).map(([name = '', ready]) => [name, ready === 'True']),
    ),
    boot: rest('boot'),
    containers: containersOf(of('container'), pods),
    free: Object.fromEntries(of('disk').map(([path = '', kilobytes]) => [path, Number(kilobytes) * 1024])),
    marks: of('mark').map(([name = '']) => name),
    unfinished: of('unfinished')[0]?.[0],
    restored: idsIn(of('restored'))[0],
    aside: idsIn(of('aside')),
    still: idsIn(of('still')),
    archives: of('archive').map(([, name = '']) => name),
  }
}

/** Ids of restores and rebuilds, each once. */
function idsIn(found: readonly string[][]): string[] {
  return [...new Set(found.flatMap(([id = '']) => (restoreId.safeParse(id).success ? [id] : [])))]
}

function certificateOf(name: string, encoded: string): [string, Certificate][] {
  const pem = Buffer.from(encoded, 'base64').toString('latin1')
  try {
    const x509 = new X509Certificate(pem)
    const key = createHash('sha256')
      .update(x509.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex')
    const { subject, validFrom, validTo } = x509
    return [[name, { subject, notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo), key, pem }]]
  } catch {
    return []
  }
}

function keyOf(name: string, state: string): [string, Look['keys'][string]][] {
  if (state !== 'fits' && state !== 'present' && state !== 'absent' && state !== 'does not fit') return []
  return [[name, state]]
}

function etcdOf(of: (name: string) => string[][], rest: (name: string) => string): Etcd {
  const data = of('etcd-data')[0]?.map(Number)
  // Ids are 64 bits wide, and JSON.parse would round them.
  const number = (text: string, name: string) => new RegExp(`"${name}":\\s*"?(\\d+)`).exec(text)?.[1]
  const status = rest('etcd-status')
  const cluster = number(status, 'cluster_id')
  const members = [...rest('etcd-members').matchAll(/"name":\s*"([^"]*)"/g)].map((match) => match[1] as string)
  const tools = rest('etcd-tools')
  return {
    ...(data && {
      data: { size: (data[0] ?? 0) * 1024, wal: data[1] ?? 0, db: data[2] ?? 0, changed: data[3] ?? 0 },
    }),
    ...(tools !== '' && { tools }),
    ...(cluster !== undefined && {
      status: {
        cluster,
        member: number(status, 'member_id') ?? '',
        version: /"version":\s*"([^"]*)"/.exec(status)?.[1] ?? '',
        revision: Number(number(status, 'revision') ?? 0),
        raftIndex: Number(number(status, 'raftIndex') ?? 0),
      },
    }),
    ...(members.length > 0 && { members }),
    healthy: /"health":\s*true/.test(rest('etcd-healthy')),
  }
}

/** NAMESPACE_NAME_UID, as the kubelet names the directory of a pod's logs. */
function podOf(directory: string): [string, string][] {
  const match = /^([^_]+)_([^_]+)_([^_]+)$/.exec(directory)
  return match ? [[match[3] as string, `${match[1]}/${match[2]}`]] : []
}

/** From the control groups of processes: `kubepods-besteffort-podUID.slice cri-containerd-ID.scope`, or `podUID ID` with cgroupfs. */
function containersOf(found: readonly string[][], pods: ReadonlyMap<string, string>): Container[] {
  const containers = new Map<string, Container>()
  for (const [slice = '', scope = '', , ticks = ''] of found) {
    const uid = /pod([0-9a-f_-]{32,36})(\.slice)?$/.exec(slice)?.[1]?.replaceAll('_', '-')
    const id = /([0-9a-f]{64})(\.scope)?$/.exec(scope)?.[1]
    if (uid === undefined || id === undefined) continue
    const started = Math.min(Number(ticks), containers.get(id)?.started ?? Number.POSITIVE_INFINITY)
    containers.set(id, { pod: pods.get(uid) ?? uid, id, started })
  }
  return [...containers.values()].sort((a, b) => a.pod.localeCompare(b.pod) || a.started - b.started)
}
