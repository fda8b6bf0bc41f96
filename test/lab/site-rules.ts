import { catalogue } from '../../src/catalogue/load.ts'
import type { Host, Inventory } from '../../src/inventory/inventory.ts'
import { firewallOf } from '../../src/variables/firewall.ts'

/** Rules as a careful administrator writes them by hand: all is dropped but ssh, and what the table of ports lists. */
export function siteRules(inventory: Inventory, host: Host): string {
  const { openings, sources } = firewallOf(inventory, host, catalogue)
  const accepts = openings.flatMap(({ protocol, ports, from }) =>
    from.map((who) => {
      const source = who === 'anyone' ? '' : `ip saddr { ${sources[who].join(', ')} } `
      return ports === undefined ? `${source}ip protocol ipencap accept` : `${source}${protocol} dport ${ports} accept`
    }),
  )
  const pods = sources.pods.join(', ')
  return `table inet site {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    tcp dport 22 accept
    ${accepts.join('\n    ')}
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    ip saddr { ${pods} } accept
    ip daddr { ${pods} } accept
  }
}
`
}
