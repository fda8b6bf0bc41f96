import { dirname, join } from 'node:path'
import type { Inventory } from '../inventory/inventory.ts'

/** Where everything of a cluster is kept on this machine, absolute. */
export interface StatePaths {
  /** `.provision/CLUSTER`, beside the inventory. */
  readonly directory: string
  /** While a run is under way. */
  readonly lock: string
  readonly knownHosts: string
  readonly kubeconfig: string
  /** What hosts were when they were last contacted. */
  readonly facts: string
  /** The addresses that rules of the inventory chose. */
  readonly nodeAddresses: string
  /** Directory of the records of runs. */
  readonly runs: string
  /** While a restore has not ended. */
  readonly restore: string
  /** Directory of the archives that rebuilds make. */
  readonly rebuilds: string
  /** While a rebuild has not ended. */
  readonly rebuild: string
  /** Directory of backups; the inventory may name another. */
  readonly backups: string
}

/** The paths of this inventory's cluster. */
export function statePaths({ file, cluster, backup }: Inventory): StatePaths {
  const directory = join(dirname(file), '.provision', cluster)
  const rebuilds = join(directory, 'rebuild')
  return {
    directory,
    lock: join(directory, 'lock'),
    knownHosts: join(directory, 'known_hosts'),
    kubeconfig: join(directory, 'kubeconfig'),
    facts: join(directory, 'facts.json'),
    nodeAddresses: join(directory, 'node-addresses.json'),
    runs: join(directory, 'runs'),
    restore: join(directory, 'restore.json'),
    rebuilds,
    rebuild: join(rebuilds, 'state.json'),
    backups: backup.directory ?? join(directory, 'backups'),
  }
}
