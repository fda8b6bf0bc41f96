import type { Catalogue } from '../catalogue/catalogue.ts'
import type { HostFacts } from '../host-facts.ts'
import type { Release } from '../inventory/helm/helm.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { places } from './package-sources.ts'
import { authorityOf, loginOf, type RegistryPasswords } from './registries.ts'

/** Arguments of the `unpack` word. */
export interface Unpacked {
  readonly from: readonly string[]
  readonly sha256?: string
  readonly member: string
  readonly to: string
}

/** Helm itself. What its publisher says of versions that are not of this release stands beside them. */
export function helmProgram({ mirrors, helm }: Inventory, { arch }: HostFacts, catalogue: Catalogue): Unpacked {
  const version = helm?.version ?? catalogue.helm.version
  const pinned = version === catalogue.helm.version ? { sha256: catalogue.helm.sha256[arch] } : {}
  return {
    from: places(mirrors.packages.helm, catalogue.helm.url).map(
      (base) => `${base}/helm-v${version}-linux-${arch}.tar.gz`,
    ),
    ...pinned,
    member: `linux-${arch}/helm`,
    to: '/usr/local/bin/helm',
  }
}

/** What helm is to know of the registry or repository that a chart comes from; only the site's own ones have anything. */
export interface ChartRegistry {
  readonly host: string
  readonly auth?: string
  readonly ca?: string
  readonly insecure: boolean
}

export function chartRegistry(
  { chart }: Release,
  { registries }: Inventory,
  passwords: RegistryPasswords,
): ChartRegistry | undefined {
  const url = 'oci' in chart ? chart.oci : 'repository' in chart ? chart.repository : undefined
  const host = url?.replace(/^[a-z]+:\/\//, '').replace(/\/.*/, '')
  const found = registries.private.find((each) => each.host === host)
  if (found === undefined || host === undefined) return undefined
  const login = loginOf(found, passwords)
  const ca = authorityOf(found)
  return { host, insecure: found.insecure, ...(login && { auth: login.auth }), ...(ca && { ca }) }
}
