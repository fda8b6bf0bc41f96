import type { Problem } from '../../errors.ts'
import { isIP } from '../addresses.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

/** What `names: dns` asks of the names: one label each, in a zone of their own, kept by servers with an address. */
export function checkNames(context: CheckContext): Problem[] {
  const { inventory } = context
  if (inventory.names !== 'dns') return []
  const zone = `${inventory.cluster}.internal`
  const domain = inventory.kubernetes.dnsDomain
  const dotted = inventory.hosts.filter((host) => host.name.includes('.'))
  const unnumbered = inventory.hosts.filter((host) => host.role === 'control-plane' && !isIP(host.address))
  return [
    ...dotted.map((host) =>
      problemAt(
        context,
        ['hosts', host.name],
        `hosts.${host.name} cannot be a name in the zone ${zone} of names: dns`,
        'use a name without dots, or write names: hosts',
        'key',
      ),
    ),
    ...unnumbered.map((host) =>
      problemAt(
        context,
        ['hosts', host.name, 'address'],
        `hosts.${host.name}.address ${host.address} is a name; names: dns requires the IP addresses of control planes`,
        'write its IP address, or names: hosts',
      ),
    ),
    ...(domain === zone || domain.endsWith(`.${zone}`) || zone.endsWith(`.${domain}`)
      ? [
          problemAt(
            context,
            ['kubernetes', 'dnsDomain'],
            `kubernetes.dnsDomain ${domain} and the zone ${zone} of names: dns overlap`,
            'choose another dnsDomain, or write names: hosts',
          ),
        ]
      : []),
  ]
}
