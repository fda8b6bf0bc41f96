import type { FirewallArguments } from './firewall-arguments.ts'

const everywhere = ['0.0.0.0/0', '::/0']

/**
 * ufw's own notation of the rules wanted, sorted as the C locale does: `allow tcp 10250 0.0.0.0/0 any 10.0.0.11 in` is
 * action, protocol, port, destination, port of the source, source, direction. IP in IP is none of ufw's protocols.
 */
export function ufwTuples(args: FirewallArguments): string[] {
  const host = args.openings.flatMap(({ protocol, ports, from }) =>
    ports === undefined
      ? []
      : from
          .flatMap((each) => (each === 'anyone' ? everywhere : args.sources[each]))
          .map((source) => `allow ${protocol} ${ports.replace('-', ':')} ${anywhere(source)} any ${source} in`),
  )
  const pods = args.sources.pods.flatMap((subnet) => [
    `route:allow any any ${anywhere(subnet)} any ${subnet} in`,
    `route:allow any any ${subnet} any ${anywhere(subnet)} in`,
  ])
  return [...new Set([...host, ...pods])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** All addresses of the kind that the given one is of. */
function anywhere(address: string): string {
  return address.includes(':') ? '::/0' : '0.0.0.0/0'
}
