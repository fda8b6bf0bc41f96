import type { Catalogue } from '../../catalogue/catalogue.ts'
import { seconds } from '../../yaml/duration.ts'
import type { Chart, Helm } from '../helm/helm.ts'
import type { InventoryFile } from '../schema.ts'
import type { SecretSource } from '../secret-source.ts'

type HelmFile = NonNullable<InventoryFile['helm']>
type ReleaseFile = HelmFile['releases'][string]

/**
 * The `helm` section with its releases in the file's order. Pure.
 * @param path makes a path absolute
 */
export function resolveHelm(
  helm: InventoryFile['helm'],
  catalogue: Catalogue,
  path: (text: string) => string,
  secretOf: (source: SecretSource | undefined) => SecretSource | undefined,
): Helm | undefined {
  if (helm === undefined) return undefined
  const releases = Object.entries(helm.releases).map(([name, release]) => ({
    name,
    namespace: release.namespace,
    chart: chartOf(release, path),
    values: release.values ?? {},
    valuesFile: release.valuesFile === undefined ? undefined : path(release.valuesFile),
    secretValues: secretOf(release.secretValues),
    wait: release.wait,
    timeout: seconds(release.timeout),
  }))
  return { version: helm.version ?? catalogue.helm.version, releases }
}

/** A version that is missing has been told of by the time anybody asks for it. */
function chartOf({ chart, repository, version = '' }: ReleaseFile, path: (text: string) => string): Chart {
  if (repository !== undefined) return { repository: repository.replace(/\/+$/, ''), name: chart, version }
  if (chart.startsWith('oci://')) return { oci: chart, version }
  return chart.endsWith('.tgz') ? { archive: path(chart) } : { folder: path(chart) }
}
