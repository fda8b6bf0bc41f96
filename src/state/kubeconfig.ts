import { readIfThere } from '../disk/denied.ts'
import { removeFile, replaceFile } from '../disk/durable.ts'
import { ProtocolError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { apiEndpoint } from '../inventory/kubernetes/networks/endpoint.ts'
import { authoritiesOf } from '../transport/node-identity.ts'
import { kubeconfigOf } from './kubeconfig-content.ts'
import { withKnownAddresses } from './node-addresses.ts'
import { statePaths } from './paths.ts'

/** Public keys of CAs, and the file that has them. */
export interface KnownAuthorities {
  readonly authorities: readonly string[]
  readonly file: string
}

/** The public keys of the CAs in the cluster's kubeconfig on this machine, and where that is; none where there is no such file. */
export function keptAuthorities(inventory: Inventory): KnownAuthorities {
  const file = statePaths(inventory).kubeconfig
  const text = readIfThere(file) ?? ''
  const data = /^ *certificate-authority-data: *([A-Za-z0-9+/=]+)$/m.exec(text)?.[1] ?? ''
  return { authorities: authoritiesOf(Buffer.from(data, 'base64').toString('latin1')), file }
}

/**
 * Moves the kubeconfig of an earlier cluster to `kubeconfig.before`, since what comes has another CA. Returns where it is, or
 * undefined where there was none.
 */
export function setKubeconfigAside(inventory: Inventory): string | undefined {
  const file = statePaths(inventory).kubeconfig
  const text = readIfThere(file)
  if (text === undefined) return undefined
  replaceFile(`${file}.before`, text)
  removeFile(file)
  return `${file}.before`
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
  const path = statePaths(inventory).kubeconfig
  const server = apiEndpoint(withKnownAddresses(inventory).inventory)
  try {
    replaceFile(path, kubeconfigOf(text, { cluster: inventory.cluster, server }))
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
    throw new ProtocolError(
      `${host}: ${error.message}; ${path} was not changed. Check /etc/kubernetes/admin.conf there`,
    )
  }
}
