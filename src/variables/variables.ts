import type { Catalogue } from '../catalogue/catalogue.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Host, Inventory } from '../inventory/inventory.ts'
import { addonVariables } from './addons.ts'
import { helmVariables } from './helm-releases.ts'
import { hostVariables } from './host.ts'
import { noSecrets, type SettingsSecrets, type VariableInput } from './input.ts'
import { kubernetesVariables } from './kubernetes.ts'
import { nameVariables } from './names.ts'
import { networkVariables } from './network.ts'
import { nodeVariables } from './nodes.ts'
import { packageVariables } from './packages.ts'
import { proxyVariables } from './proxy.ts'
import { registryVariables } from './registries.ts'

/** All names that playbooks (`${…}`, `when`) and templates can use. docs/reference/variables.md describes each. */
export type Variables = ReturnType<typeof hostVariables> &
  ReturnType<typeof nodeVariables> &
  ReturnType<typeof nameVariables> &
  ReturnType<typeof networkVariables> &
  ReturnType<typeof packageVariables> &
  ReturnType<typeof registryVariables> &
  ReturnType<typeof kubernetesVariables> &
  ReturnType<typeof addonVariables> &
  ReturnType<typeof helmVariables> &
  ReturnType<typeof proxyVariables>

/** The variables of one host. Pure. Throws UserError for a system that the inventory does not fit. */
export function variablesOf(
  inventory: Inventory,
  host: Host,
  facts: HostFacts,
  catalogue: Catalogue,
  secrets: SettingsSecrets = noSecrets,
): Variables {
  const input: VariableInput = { inventory, host, facts, catalogue, secrets }
  const packages = packageVariables(input)
  const helm = helmVariables(input)
  return {
    ...hostVariables(input),
    ...nodeVariables(input),
    ...nameVariables(input),
    ...networkVariables(input),
    ...packages,
    ...registryVariables(input),
    ...kubernetesVariables(input),
    ...addonVariables(input),
    ...helm,
    ...proxyVariables(input, [
      ...Object.values(packages.repositories).flatMap(({ url, others = [] }) => [url, ...others.map((one) => one.url)]),
      ...packages.osArchives.flatMap((each) => each.mirrors),
      ...helm.helm.program.from,
    ]),
  }
}
