import ipaddr from 'ipaddr.js'
import type { Problem } from '../errors.ts'
import type { Path } from '../yaml/document.ts'
import { type CheckContext, problemAt } from './check-context.ts'

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
    const inside = subnets.find((subnet) => contains(subnet.text, host.address))
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
  return problems
}

/** Of two subnets that share an address one holds the other, so it holds the other's base. */
function overlap(a: string, b: string): boolean {
  return contains(a, b.split('/')[0] ?? '') || contains(b, a.split('/')[0] ?? '')
}

function contains(subnet: string, address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  const parsed = ipaddr.parse(address)
  const [base, prefix] = ipaddr.parseCIDR(subnet)
  return parsed.kind() === base.kind() && parsed.match(base, prefix)
}
