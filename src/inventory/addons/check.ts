import type { Problem } from '../../errors.ts'
import type { Path } from '../../yaml/document.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'
import type { CoreDNS, Limits, Registry, Traefik } from './schema.ts'

/** What add-ons need of each other, and of the rest of the inventory. */
export function checkAddons(context: CheckContext): Problem[] {
  return [
    ...checkVolumes(context),
    ...checkRegistry(context),
    ...checkTraefik(context),
    ...checkMetricsServer(context),
    ...checkCoreDNS(context),
    ...checkLimits(context),
  ]
}

/** Files that settings of add-ons name: where, and which. */
export function addonFiles({ inventory }: CheckContext): [Path, string | undefined][] {
  return inventory.addons.flatMap(({ name, secrets }) =>
    Object.entries(secrets).map(([key, source]): [Path, string | undefined] => {
      const path = name === 'traefik' ? ['addons', name, 'tls', key] : ['addons', name, key]
      if (typeof source !== 'object' || 'env' in source) return [path, undefined]
      return 'file' in source ? [[...path, 'file'], source.file] : [path, source.publicFile]
    }),
  )
}

function settingsOf<Settings>({ inventory }: CheckContext, name: string): Settings | undefined {
  return inventory.addons.find((each) => each.name === name)?.settings as Settings | undefined
}

function checkRegistry(context: CheckContext): Problem[] {
  const settings = settingsOf<Registry & { host: string }>(context, 'registry')
  if (settings === undefined) return []
  const { private: own } = context.inventory.registries
  if (own.filter((each) => each.host === settings.host).length < 2) return []
  const message = `addons.registry.host ${settings.host} is also one of registries.private`
  const hint = 'set another name for the registry in the cluster'
  return [problemAt(context, ['addons', 'registry', 'host'], message, hint)]
}

/** What add-ons keep on a volume. */
const kept: ReadonlyMap<string, string> = new Map(Object.entries({ registry: 'images', kuboard: 'store' }))

function checkVolumes(context: CheckContext): Problem[] {
  if (settingsOf(context, 'local-path') !== undefined) return []
  return context.inventory.addons
    .filter(({ settings }) => settings.storageClass === 'local-path')
    .map(({ name }) =>
      problemAt(
        context,
        ['addons', name],
        `addons.${name} stores its ${kept.get(name)} on a volume of the class local-path, which requires the add-on local-path`,
        'add local-path: true, or set a class of the cluster: storageClass: NAME',
        'key',
      ),
    )
}

function checkTraefik(context: CheckContext): Problem[] {
  const ports = settingsOf<Traefik>(context, 'traefik')?.ports
  if (ports === undefined || ports.http !== ports.https) return []
  const message = `addons.traefik.ports has ${ports.http} twice`
  return [problemAt(context, ['addons', 'traefik', 'ports'], message, 'set different ports for http and https')]
}

function checkMetricsServer(context: CheckContext): Problem[] {
  const { kubelet } = context.inventory.kubernetes
  if (settingsOf(context, 'metrics-server') === undefined || kubelet.serverTLSBootstrap !== false) return []
  return [
    problemAt(
      context,
      ['kubernetes', 'kubelet', 'serverTLSBootstrap'],
      'metrics-server requires kubelet certificates signed by the cluster, and kubernetes.kubelet.serverTLSBootstrap is false',
      'remove it, or addons.metrics-server',
    ),
  ]
}

function checkCoreDNS(context: CheckContext): Problem[] {
  const { inventory } = context
  const zones = Object.keys(settingsOf<CoreDNS>(context, 'coredns')?.zones ?? {})
  const taken: readonly (readonly [string, string])[] = [
    [inventory.kubernetes.dnsDomain, 'kubernetes.dnsDomain'],
    ...(inventory.names === 'dns' ? [[`${inventory.cluster}.internal`, 'names: dns'] as const] : []),
  ]
  return zones.flatMap((zone) => {
    const found = taken.find(([own]) => own === zone)
    if (found === undefined) return []
    const message = `addons.coredns.zones.${zone} is the zone of ${found[1]}`
    return [
      problemAt(
        context,
        ['addons', 'coredns', 'zones', zone],
        message,
        'remove it: CoreDNS already serves this zone',
        'key',
      ),
    ]
  })
}

/** Where the control plane runs, a pod that may not start is an outage. */
function checkLimits(context: CheckContext): Problem[] {
  const settings = settingsOf<Limits>(context, 'limits')
  return (settings?.namespaces ?? []).flatMap((namespace, index) => {
    if (!namespace.startsWith('kube-')) return []
    const message = `addons.limits.namespaces[${index}] ${namespace} belongs to Kubernetes`
    return [problemAt(context, ['addons', 'limits', 'namespaces', index], message, 'list your own namespaces')]
  })
}
