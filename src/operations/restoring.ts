import type { Archive } from '../archive/open.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { checkPlaybooks } from '../playbook/check.ts'
import { withHooks } from '../playbook/hooks.ts'
import { loadPlaybooks } from '../playbook/load.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { withVars } from '../playbook/restrict.ts'
import { shipped } from '../shipped.ts'
import { keepKubeconfig } from '../state/kubeconfig.ts'
import type { Part } from '../transport/undertaking.ts'
import { type Comparison, readComparison } from '../views/comparison.ts'
import { execute } from './execute.ts'
import type { GlobalOptions } from './options.ts'
import { clusterPlaybooks } from './playbooks.ts'
import { firstAnswer } from './query.ts'

export interface Restored {
  /** Of the run; the objects are not judged in it. */
  readonly exitCode: number
  /** Undefined where the run did not get so far. */
  readonly comparison: Comparison | undefined
  /** Hosts that could not be reached; where nothing else went wrong, an ordinary run finds them again. */
  readonly missing: readonly string[]
  /** Nothing of the restore itself is left to do. */
  readonly done: boolean
}

/**
 * Makes the cluster out of an archive, on all hosts of the inventory that are up, and whatever is there: hosts installed
 * anew, or what is left of a cluster. What is there of control planes is moved aside on them, into /var/lib/provision/saved/ID
 * and /var/lib/etcd/saved-ID; pods of workers run on where the archive knows them. Killed anywhere, the same undertaking again goes
 * on; a new one starts over from its archive. Throws UserError, and LockedError where somebody else is at it.
 */
export async function restoreCluster(
  inventory: Inventory,
  archive: Pick<Archive, 'size' | 'sha256' | 'tar'>,
  how: {
    readonly undertaking: Part
    readonly command: string
    /** What hosts go through before and after all else. */
    readonly before?: readonly Playbook[]
    readonly after?: readonly Playbook[]
  },
  options: GlobalOptions,
): Promise<Restored> {
  const selected = inventory.hosts
  const first = selected.find((host) => host.role === 'control-plane' && host.state === 'up')
  const { size, sha256 } = archive
  const upload = {
    host: first?.name ?? '',
    path: `/var/lib/provision/restore/${how.undertaking.id}/archive.tar`,
    size,
    sha256,
    open: archive.tar,
  }
  const { summary, outputs } = await execute(
    {
      command: how.command,
      mode: 'apply',
      undertaking: how.undertaking,
      inventory,
      playbooks: [...(how.before ?? []), ...restorePlaybooks(inventory, how.undertaking.id), ...(how.after ?? [])],
      selected,
      uploads: [upload],
    },
    options,
  )
  keepKubeconfig(inventory, outputs)
  const wrong = summary.hosts.filter(({ outcome }) => !['converged', 'changed', 'down'].includes(outcome))
  const missing = wrong.filter(({ outcome }) => outcome === 'unreachable').map(({ name }) => name)
  const compared = firstAnswer({ outputs }, 'comparison')
  const comparison = compared === undefined ? undefined : readComparison(compared)
  const done =
    summary.exitCode === 0 || (comparison !== undefined && missing.length === wrong.length && wrong.length > 0)
  return { exitCode: summary.exitCode, comparison, missing, done }
}

/** Where the parts of a restore have their place among the phases of a cluster. */
const places = [
  ['before', 'control-plane', 'control-plane'],
  ['before', 'join-control-planes', 'workers'],
  ['after', 'verify', 'compare'],
] as const

/** The playbooks that make a cluster, with the parts of a restore in their places. Throws UserError. */
export function restorePlaybooks(inventory: Inventory, id: string): Playbook[] {
  const source = { file: inventory.file, line: 1, column: 1 }
  const parts = places.map(([when, phase, name]) => {
    const run = shipped(`playbooks/restore/${name}.yaml`)
    return { when, phase, run, source }
  })
  const load = (file: string) => loadPlaybooks([file]).map((playbook) => withVars(playbook, { restore: id }))
  const playbooks = withHooks(clusterPlaybooks(inventory), parts, load)
  checkPlaybooks(playbooks, inventory)
  return playbooks
}
