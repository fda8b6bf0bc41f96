import { parseDocument, visit } from 'yaml'
import { entryOf } from '../entry-of.ts'
import type { Inventory } from '../inventory/inventory.ts'
import type { PublicFile, SecretSource } from '../inventory/secret-source.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { SettingsSecrets } from './input.ts'
import { kuboardPasswordProblem } from './kuboard-password.ts'
import { encoded } from './proxy.ts'
import { basicAuth } from './registries.ts'

/** One of them: where it comes from, and what the operator calls it. */
export interface NamedSource {
  readonly key: string
  readonly source: SecretSource | PublicFile
  readonly what: string
  /** What is wrong with a value, to be said after what it is; undefined where nothing is. */
  readonly problem?: ((value: string) => string | undefined) | undefined
}

const registryWords: ReadonlySet<string> = new Set(['registryHosts', 'registryLogins', 'helmRelease'])
// No registry is called so, nor as add-ons' secrets are: a host has no blank.
const proxyKey = 'the proxy'
const releaseKey = (name: string) => `release ${name}`

/** Sources of the secrets that these playbooks need of the settings: runs that write none of them ask for none. */
export function secretSources(inventory: Inventory, playbooks: readonly Playbook[]): readonly NamedSource[] {
  const tasks = playbooks.flatMap((playbook) => playbook.phases.flatMap((phase) => phase.tasks))
  const registries = tasks.some((task) => registryWords.has(task.module)) ? inventory.registries.private : []
  const proxy = tasks.some((task) => task.id === 'proxy-environment') ? inventory.proxy?.password : undefined
  const addons = tasks.some((task) => task.module === 'addon') ? inventory.addons : []
  const releases = tasks.some((task) => task.module === 'helmRelease') ? inventory.helm?.releases : undefined
  return [
    ...addons.flatMap(({ name, secrets }) =>
      Object.entries(secrets).map(([key, source]) => ({
        key: `${name} ${key}`,
        source,
        what: `${key} of the add-on ${name}`,
        problem: name === 'kuboard' ? kuboardPasswordProblem : undefined,
      })),
    ),
    ...registries.flatMap(({ host, password }) =>
      password === undefined ? [] : [{ key: host, source: password, what: `password of the registry ${host}` }],
    ),
    ...(proxy === undefined ? [] : [{ key: proxyKey, source: proxy, what: 'password of the proxy' }]),
    ...(releases ?? []).flatMap(({ name, secretValues }) =>
      secretValues === undefined
        ? []
        : [{ key: releaseKey(name), source: secretValues, what: `secret values of the release ${name}` }],
    ),
  ]
}

/** The secrets in the shape in which they are used, from their values by the keys of their sources. */
export function settingsSecrets(inventory: Inventory, values: ReadonlyMap<string, string>): SettingsSecrets {
  const addons = inventory.addons.map(({ name, secrets }) => {
    const own = Object.keys(secrets).map((key) => [key, values.get(`${name} ${key}`) ?? ''])
    return [name, Object.fromEntries(own)]
  })
  const releases = (inventory.helm?.releases ?? []).map(({ name }) => [name, values.get(releaseKey(name)) ?? ''])
  return {
    registries: Object.fromEntries(values),
    proxy: values.get(proxyKey) ?? '',
    addons: Object.fromEntries(addons),
    releases: Object.fromEntries(releases),
  }
}

/** Other shapes in which they are written on hosts, which are as secret. */
export function derivedSecrets(inventory: Inventory, secrets: SettingsSecrets): readonly string[] {
  const logins = inventory.registries.private.flatMap(({ host, username }) =>
    username === undefined ? [] : [basicAuth(username, entryOf(secrets.registries, host) ?? '')],
  )
  const values = Object.values(secrets.releases).flatMap(textsIn)
  return secrets.proxy === '' ? [...logins, ...values] : [...logins, ...values, encoded(secrets.proxy)]
}

/** Single values of a YAML text that are long enough not to be just any word. */
function textsIn(yaml: string): string[] {
  const texts: string[] = []
  visit(parseDocument(yaml), {
    Scalar: (key, { value }) => {
      if (key !== 'key' && typeof value === 'string' && value.length >= 6) texts.push(value)
    },
  })
  return texts
}
