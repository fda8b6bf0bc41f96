import type { Problem } from '../../../errors.ts'
import type { Path } from '../../../yaml/document.ts'
import type { Inventory } from '../../inventory.ts'
import { type CheckContext, problemAt } from '../../kubeconfig/check.ts'
import { servesServices } from '../networks/network.ts'
import { takenPorts } from '../networks/node-ports.ts'
import { milliseconds } from './go-duration.ts'

/** Fields of kube-proxy that do not fit together, or any where there is none. */
export function checkKubeProxy(context: CheckContext): Problem[] {
  const { network, kubernetes } = context.inventory
  const fields = kubernetes.kubeProxy
  if (Object.keys(fields).length === 0) return []
  const wrong = (path: Path, message: string, hint: string, part: 'key' | 'value' = 'value') => [
    problemAt(
      context,
      ['kubernetes', 'kubeProxy', ...path],
      `kubernetes.kubeProxy${path.map((one) => `.${one}`).join('')} ${message}`,
      hint,
      part,
    ),
  ]
  if (servesServices(network)) {
    const message = 'is for kube-proxy, which kube-router replaces in this cluster'
    return wrong([], message, 'remove it, or write network: kube-router', 'key')
  }
  return [
    ...['iptables', 'ipvs', 'nftables'].flatMap((mode) => {
      const { syncPeriod = '30s', minSyncPeriod = '0s' } = (fields[mode] ?? {}) as Record<string, string>
      const longest = milliseconds(syncPeriod) || milliseconds('30s')
      return milliseconds(minSyncPeriod) > longest
        ? wrong(
            [mode, 'minSyncPeriod'],
            `${minSyncPeriod} is longer than syncPeriod, which is ${syncPeriod}`,
            'write a shorter time',
          )
        : []
    }),
    ...localDetection(fields, wrong),
    ...ownPorts(fields, context.inventory, wrong),
  ]
}

type Wrong = (path: Path, message: string, hint: string) => Problem[]

const needs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    BridgeInterface: 'bridgeInterface',
    InterfaceNamePrefix: 'interfaceNamePrefix',
  }),
)

function localDetection(fields: Readonly<Record<string, unknown>>, wrong: Wrong): Problem[] {
  const needed = needs.get(String(fields.detectLocalMode))
  const given = (fields.detectLocal ?? {}) as Record<string, unknown>
  if (needed === undefined || given[needed] !== undefined) return []
  return wrong(['detectLocalMode'], `requires detectLocal.${needed}`, `add detectLocal: { ${needed}: NAME }`)
}

/** Where kube-proxy listens for those who ask how it is; port 0 where nothing is written. */
function ownPorts(fields: Readonly<Record<string, unknown>>, inventory: Inventory, wrong: Wrong): Problem[] {
  const portOf = (name: string) => Number(/:(\d+)$/.exec(String(fields[name] ?? ''))?.[1] ?? 0)
  const [metrics, health] = [portOf('metricsBindAddress'), portOf('healthzBindAddress')]
  const others = takenPorts(inventory).filter(({ owner }) => owner !== 'kube-proxy')
  const taken = (name: string, port: number) => {
    const owner = others.find((each) => each.port === port)?.owner
    return owner === undefined
      ? []
      : wrong([name], `uses port ${port}, the port of ${owner}`, 'remove it, or write another port')
  }
  if ((metrics || 10249) === (health || 10256)) {
    const [name, other] = metrics === 0 ? ['healthzBindAddress', 'metrics'] : ['metricsBindAddress', 'healthz']
    return wrong([name as string], `uses the port of ${other}BindAddress`, 'remove it, or write another port')
  }
  return [...taken('metricsBindAddress', metrics), ...taken('healthzBindAddress', health)]
}
