import ipaddr from 'ipaddr.js'
import type { Problem } from '../errors.ts'
import type { Path } from '../yaml/document.ts'
import { isInside, overlap } from './addresses.ts'
import { type CheckContext, problemAt } from './check-context.ts'
import { endpointHost } from './endpoint.ts'

/** Pods, Services and hosts must not share addresses, or packets go where nobody waits for them. */
export function checkNetworks(context: CheckContext): Problem[] {
  const { kubernetes, hosts } = context.inventory
  const subnets = [
    { name: 'podSubnet', text: kubernetes.podSubnet },
    { name: 'serviceSubnet', text: kubernetes.serviceSubnet },
  ].filter((subnet) => ipaddr.isValidCIDR(subnet.text))
  const problems: Problem[] = []
  const [pods, services] = subnets
  if (pods !== undefined && services !== undefined && overlap(pods.text, services.text)) {
    const written =
      context.document.written(['kubernetes', 'serviceSubnet']) === undefined ? 'podSubnet' : 'serviceSubnet'
    const path: Path = ['kubernetes', written]
    const message = `podSubnet ${pods.text} and serviceSubnet ${services.text} overlap`
    problems.push(problemAt(context, path, message, 'choose subnets that share no address'))
  }
  for (const host of hosts) {
    const inside = subnets.find((subnet) => isInside(host.address, subnet.text))
    if (inside === undefined) continue
    const message = `hosts.${host.name}.address ${host.address} lies in kubernetes.${inside.name} ${inside.text}`
    problems.push(
      problemAt(
        context,
        ['hosts', host.name, 'address'],
        message,
        `choose a ${inside.name} that your network does not use`,
      ),
    )
  }
  const endpoint = endpointHost(kubernetes.endpoint ?? '')
  const around = subnets.find((subnet) => isInside(endpoint, subnet.text))
  if (around !== undefined) {
    const message = `kubernetes.endpoint ${endpoint} lies in kubernetes.${around.name} ${around.text}, which is there only once the cluster is`
    const hint = 'write an address in the network of the hosts, or choose another subnet'
    problems.push(problemAt(context, ['kubernetes', 'endpoint'], message, hint))
  }
  return problems
}
