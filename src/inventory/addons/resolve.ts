import ipaddr from 'ipaddr.js'
import type { Catalogue } from '../../catalogue/catalogue.ts'
import type { Addon, PrivateRegistry } from '../inventory.ts'
import type { InventoryFile } from '../schema.ts'
import type { PublicFile, SecretSource } from '../secret-source.ts'
import { addonSettings } from './schema.ts'

type Names = keyof typeof addonSettings

/** Of the addresses of Services, the one of the registry: among the first, which Kubernetes gives nobody by chance. */
const registryAddress = 20

/**
 * The add-ons that are on, with their defaults, in the catalogue's order, which is that of what they need. Pure.
 * @param absolute makes a path absolute
 */
export function resolveAddons(file: InventoryFile, catalogue: Catalogue, absolute: (path: string) => string): Addon[] {
  return Object.keys(catalogue.addons).flatMap((name): Addon[] => {
    const given = file.addons[name as Names]
    if (given === undefined || given === false) return []
    const settings = given === true ? addonSettings[name as Names].parse({}) : given
    const secrets = Object.entries(secretsOf(file, name)).map(([key, source]) => [key, located(source, absolute)])
    return [{ name, settings: { ...settings, ...derived(file, name) }, secrets: Object.fromEntries(secrets) }]
  })
}

function located(source: SecretSource | PublicFile, absolute: (path: string) => string): SecretSource | PublicFile {
  if (source === 'prompt' || 'env' in source) return source
  return 'file' in source ? { file: absolute(source.file) } : { publicFile: absolute(source.publicFile) }
}

/** What an add-on's templates need beside what the operator wrote. */
function derived(file: InventoryFile, name: string): Readonly<Record<string, unknown>> {
  return name === 'registry' ? { host: registryHost(file), address: clusterAddress(file, registryAddress) } : {}
}

function secretsOf({ addons }: InventoryFile, name: string): Addon['secrets'] {
  const tls = typeof addons.traefik === 'object' ? addons.traefik.tls : undefined
  if (name === 'registry' && addons.registry !== undefined) return { password: addons.registry.password }
  if (name === 'kuboard' && addons.kuboard !== undefined) return { password: addons.kuboard.password }
  if (name === 'traefik' && tls !== undefined) return { certificate: { publicFile: tls.certificate }, key: tls.key }
  return {}
}

/** The registry in the cluster as nodes see it: one more of the site's own, with a login. */
export function registryOfCluster(file: InventoryFile): PrivateRegistry[] {
  const { registry } = file.addons
  if (registry === undefined) return []
  const { username, password } = registry
  const address = clusterAddress(file, registryAddress)
  return [{ host: registryHost(file), insecure: false, username, password, clusterAddress: address }]
}

function registryHost(file: InventoryFile): string {
  return file.addons.registry?.host ?? `registry.${file.cluster}.internal`
}

/** The nth address of the Services' subnet. */
function clusterAddress({ kubernetes }: InventoryFile, n: number): string {
  const [base] = ipaddr.parseCIDR(kubernetes.serviceSubnet)
  const bytes = base.toByteArray()
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) + n
  return ipaddr.fromByteArray(bytes).toString()
}
