import type { Problem } from '../../../errors.ts'
import type { Path } from '../../../yaml/document.ts'
import { pathText } from '../../../yaml/value.ts'
import { type Family, familyOf } from '../../addresses.ts'
import { addressPath } from '../../hosts/check-addresses.ts'
import { type CheckContext, problemAt } from '../../kubeconfig/check.ts'
import { endpointHost } from './endpoint.ts'
import { isKubeRouter } from './network.ts'

/**
 * One family for all: the API server takes no other address than of its Services' family, and pods and nodes must be
 * able to reach each other. Source: k8s.io/kubernetes v1.36.3, cmd/kube-apiserver/app/options/validation.go.
 */
export function checkFamilies(context: CheckContext): Problem[] {
  const { kubernetes, hosts, network } = context.inventory
  const family = familyOf(kubernetes.serviceSubnet) ?? 'IPv4'
  const pods = familyOf(kubernetes.podSubnet)
  if (pods !== undefined && pods !== family) {
    const message = `podSubnet ${kubernetes.podSubnet} is ${pods} and serviceSubnet ${kubernetes.serviceSubnet} is ${family}`
    const written = context.document.written(['kubernetes', 'podSubnet']) === undefined ? 'serviceSubnet' : 'podSubnet'
    return [problemAt(context, ['kubernetes', written], message, 'write both in one family')]
  }
  if (family === 'IPv6' && isKubeRouter(network)) {
    const message = 'kube-router supports IPv4 only, and the subnets are IPv6'
    const hint = 'write IPv4 subnets, or use your own network: network: { manifest: FILE }'
    return [problemAt(context, ['kubernetes', 'serviceSubnet'], message, hint)]
  }
  const others: readonly (readonly [Path, string])[] = [
    [['kubernetes', 'endpoint'], endpointHost(kubernetes.endpoint ?? '')],
    ...hosts.flatMap((host): [Path, string][] => {
      if (host.node?.network !== undefined) return [[['hosts', host.name, 'node', 'network'], host.node.network]]
      return host.node?.interface === undefined ? [[addressPath(host), host.address]] : []
    }),
  ]
  return others.flatMap(([path, address]) => {
    const own = familyOf(address)
    return own === undefined || own === family ? [] : [contradiction(context, path, address, own, family)]
  })
}

function contradiction(context: CheckContext, path: Path, address: string, own: Family, family: Family): Problem {
  const message = `${pathText(path)} ${address} is ${own}, and the subnets of pods and Services are ${family}`
  const hint =
    path[0] === 'hosts'
      ? `write an ${family} address, here or under node: { address }, or ${own} subnets`
      : `write a name or an ${family} address`
  return problemAt(context, path, message, hint)
}
