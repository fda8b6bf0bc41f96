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
      message: `the archive is from Kubernetes ${had}, and the inventory has ${inventory.kubernetes.version}`,
      hint: `set kubernetes.version to a ${minorOf(had)}; upgrade after the restore`,
    })
  }
  const etcd = catalogue.kubernetes.minors[wanted]?.etcd
  if (etcd !== undefined && isOlder(etcd, manifest.etcdVersion)) {
    problems.push({
      message: `the archive is from etcd ${manifest.etcdVersion}, and Kubernetes ${inventory.kubernetes.version} contains ${etcd}`,
      hint: 'use the Kubernetes version of the archive: an older etcd cannot read data of a newer one',
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
      `${silent.join(', ')} cannot be reached: a previous control plane that still runs would serve old data`,
      `if the host no longer exists, set state: down in ${inventory.file}; set role: control-plane for a worker to replace it`,
    )
  }
  const alive = planes.filter((host) => looks.get(host.name)?.alive === true).map((host) => host.name)
  if (alive.length === 0 || force) return
  throw new UserError(
    `cluster ${inventory.cluster} is running: its API responds on ${alive.join(', ')}`,
    'add --force to replace its state with that of the archive',
  )
}
