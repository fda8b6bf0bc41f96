import type { Manifest } from '../archive/manifest.ts'
import { type Catalogue, minorOf } from '../catalogue/catalogue.ts'
import { type Problem, UserError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'

/** Whether this inventory's Kubernetes and etcd can take up what the archive holds. Throws UserError with all that is wrong. Pure. */
export function refuseOtherVersions(manifest: Manifest, inventory: Inventory, catalogue: Catalogue): void {
  const problems: Problem[] = []
  const wanted = minorOf(inventory.kubernetes.version)
  const had = manifest.kubernetesVersion.replace(/^v/, '')
  if (had !== '' && minorOf(had) !== wanted) {
    problems.push({
      message: `the archive is of Kubernetes ${had}, and the inventory wants ${inventory.kubernetes.version}`,
      hint: `set kubernetes.version to a ${minorOf(had)}; upgrade once the cluster stands again`,
    })
  }
  const etcd = catalogue.kubernetes.minors[wanted]?.etcd
  if (etcd !== undefined && isOlder(etcd, manifest.etcdVersion)) {
    problems.push({
      message: `the archive is of etcd ${manifest.etcdVersion}, and Kubernetes ${inventory.kubernetes.version} comes with ${etcd}`,
      hint: 'an older etcd does not read what a newer one wrote: use the version of Kubernetes that the archive was made with',
    })
  }
  if (problems.length > 0) throw new UserError(problems)
}

/** Of two versions `X.Y.Z`, perhaps with `-N` behind: whether the first is an older minor of etcd. Patches read each other's data. */
function isOlder(one: string, other: string): boolean {
  const [major = 0, minor = 0] = numbers(one)
  const [otherMajor = 0, otherMinor = 0] = numbers(other)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}

function numbers(version: string): number[] {
  return version.split(/[.-]/).map(Number)
}

/** What a control plane said before anything was put in its place; lines of `scripts/restore/look.sh`. */
export interface Look {
  readonly alive: boolean
  /** Size of etcd's data, as du prints it; undefined where there is none. */
  readonly data?: string | undefined
}

/** Makes sense of what the script printed. */
export function readLook(text: string): Look {
  const lines = text.split('\n').map((line) => line.split('\t'))
  return {
    alive: lines.some(([first]) => first === 'alive'),
    data: lines.find(([first]) => first === 'data')?.[1]?.replace(/[^\w.,]/g, ''),
  }
}

/**
 * Refuses where control planes are in no state to be restored. `looks`: what those that answered said. With `force` a living
 * cluster is no reason. Throws UserError.
 */
export function refuseControlPlanes(inventory: Inventory, looks: ReadonlyMap<string, Look>, force: boolean): void {
  const planes = inventory.hosts.filter((host) => host.role === 'control-plane' && host.state === 'up')
  const silent = planes.filter((host) => !looks.has(host.name)).map((host) => host.name)
  if (silent.length > 0) {
    throw new UserError(
      `${silent.join(', ')} cannot be asked: a control plane of before that runs on would answer with old data`,
      `if it is gone for good, write state: down into ${inventory.file}; a worker that is to be a control plane needs role: control-plane`,
    )
  }
  const alive = planes.filter((host) => looks.get(host.name)?.alive === true).map((host) => host.name)
  if (alive.length === 0 || force) return
  throw new UserError(
    `the cluster ${inventory.cluster} lives: its API answers on ${alive.join(', ')}`,
    'restoring takes all of it back to when the archive was made; --force does so all the same',
  )
}
