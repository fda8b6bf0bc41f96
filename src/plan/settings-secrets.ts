import { basicAuth } from '../artifacts/registries.ts'
import type { Inventory, SecretSource } from '../inventory/inventory.ts'
import type { Playbook } from '../playbook/playbook.ts'

/** What the inventory's settings name a source for, instead of the secret itself. In memory only. */
export interface SettingsSecrets {
  /** Passwords of private registries, by host. */
  readonly registries: Readonly<Record<string, string>>
}

/** For who only looks at programs: every password is empty. */
export const noSecrets: SettingsSecrets = { registries: {} }

/** One of them: where it comes from, and what the operator calls it. */
export interface NamedSource {
  readonly key: string
  readonly source: SecretSource
  readonly what: string
}

/** Words whose arguments hold such secrets: runs without them ask for none. */
const words: ReadonlySet<string> = new Set(['registryHosts', 'registryLogins'])

/** Sources of the secrets that these playbooks need of the settings. */
export function secretSources(inventory: Inventory, playbooks: readonly Playbook[]): readonly NamedSource[] {
  const tasks = playbooks.flatMap((playbook) => playbook.phases.flatMap((phase) => phase.tasks))
  if (!tasks.some((task) => words.has(task.module))) return []
  return inventory.registries.private.flatMap(({ host, password }) =>
    password === undefined ? [] : [{ key: host, source: password, what: `password of the registry ${host}` }],
  )
}

/** The secrets in the shape in which they are used, from their values by the keys of their sources. */
export function settingsSecrets(values: ReadonlyMap<string, string>): SettingsSecrets {
  return { registries: Object.fromEntries(values) }
}

/** Other shapes in which they are written on hosts, which are as secret. */
export function derivedSecrets(inventory: Inventory, secrets: SettingsSecrets): readonly string[] {
  return inventory.registries.private.flatMap(({ host, username }) =>
    username === undefined ? [] : [basicAuth(username, secrets.registries[host] ?? '')],
  )
}
