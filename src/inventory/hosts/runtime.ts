import type { Host, Inventory } from '../inventory.ts'

/**
 * The inventory as it is for one host: its own Docker and containerd in place of the cluster's. With packages of another
 * source a version of the cluster's means nothing, so it is not taken over.
 */
export function forHost(inventory: Inventory, host: Host): Inventory {
  const { docker, containerd } = host
  if (docker === undefined && containerd === undefined) return inventory
  const other = docker?.packages !== undefined && docker.packages !== inventory.docker.packages
  return {
    ...inventory,
    docker: {
      ...inventory.docker,
      packages: docker?.packages ?? inventory.docker.packages,
      version: docker?.version ?? (other ? undefined : inventory.docker.version),
    },
    containerd: { version: containerd?.version ?? (other ? undefined : inventory.containerd.version) },
  }
}
