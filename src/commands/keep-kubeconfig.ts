import { join } from 'node:path'
import { replaceFile } from '../disk/durable.ts'
import { ProtocolError } from '../errors.ts'
import { apiEndpoint } from '../inventory/endpoint.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { kubeconfigOf } from './kubeconfig-content.ts'
import { withKnownAddresses } from './node-addresses.ts'
import { stateDirectory } from './state.ts'

/** The cluster's kubeconfig on this machine. */
export function kubeconfigPath(inventory: Inventory): string {
  return join(stateDirectory(inventory), 'kubeconfig')
}

/**
 * Keeps the kubeconfig that a control plane gave in a run, where one did, for `provision kubeconfig`; see
 * {@link kubeconfigOf} for what of it. `outputs`: the run's, by name and host. Throws ProtocolError where it is not one; the
 * one before stays then.
 */
export function keepKubeconfig(inventory: Inventory, outputs: ReadonlyMap<string, ReadonlyMap<string, string>>): void {
  const given = [...(outputs.get('kubeconfig') ?? [])][0]
  if (given === undefined) return
  const [host, text] = given
  const path = kubeconfigPath(inventory)
  const server = apiEndpoint(withKnownAddresses(inventory).inventory)
  try {
    replaceFile(path, kubeconfigOf(text, { cluster: inventory.cluster, server }))
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new ProtocolError(
      `${host}: ${error.message}; ${path} was left as it is. Check /etc/kubernetes/admin.conf there`,
    )
  }
}
