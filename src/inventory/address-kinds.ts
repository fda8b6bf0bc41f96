import ipaddr from 'ipaddr.js'
import { isIP, overlap } from './addresses.ts'
import type { Mistake } from './hosts/explain-address.ts'

/** Kinds of addresses by which no other host can be reached, and what they are. Source: IANA's special-purpose registries. */
const kinds = {
  unspecified: 'means any address of a host',
  loopback: 'is a loopback address: each host reaches only itself with it',
  linkLocal: 'is link-local: it is an address on one link only',
  multicast: 'is a multicast address, not the address of a host',
  broadcast: 'is the broadcast address, not the address of a host',
  reserved: 'is reserved, and operating systems reject it',
  mapped: 'is an IPv4 address in IPv6 form',
} as const

export type AddressKind = keyof typeof kinds

/** All kinds: what cannot be the address of a node. */
export const notOfNodes = Object.keys(kinds) as readonly AddressKind[]

/** What nothing can be sent to, from wherever. */
export const notOfHosts: readonly AddressKind[] = ['unspecified', 'multicast', 'broadcast', 'reserved', 'mapped']

/** What the address, or `localhost`, is where it is one of these kinds; undefined for others and for other names. */
export function kindProblem(address: string, refused: readonly AddressKind[]): string | undefined {
  const kind = kindOf(address)
  return kind !== undefined && refused.includes(kind) ? kinds[kind] : undefined
}

function kindOf(address: string): AddressKind | undefined {
  if (/^(.*\.)?localhost(\.localdomain)?\.?$/i.test(address)) return 'loopback'
  if (!isIP(address)) return undefined
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range === 'ipv4Mapped') return 'mapped'
  // Of the reserved ranges the one of class E alone: those for documentation and tests are used in laboratories.
  if (range === 'reserved') return isClassE(parsed) ? 'reserved' : undefined
  return range in kinds ? (range as AddressKind) : undefined
}

function isClassE(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  return address.kind() === 'ipv4' && (address.toByteArray()[0] ?? 0) >= 240
}

/** Networks whose addresses are of those kinds. Source: RFC 6890 and RFC 4291. */
const networks: readonly (readonly [network: string, what: string])[] = [
  ['127.0.0.0/8', 'the loopback'],
  ['169.254.0.0/16', 'link-local addresses'],
  ['224.0.0.0/3', 'multicast and reserved addresses'],
  ['0.0.0.0/8', 'unspecified addresses'],
  ['::/127', 'the loopback'],
  ['::ffff:0:0/96', 'IPv4 addresses in IPv6 form'],
  ['fe80::/10', 'link-local addresses'],
  ['ff00::/8', 'multicast addresses'],
]

/** What of those kinds a network (CIDR) has; undefined where it has none. */
export function networkProblem(network: string): string | undefined {
  return networks.find(([other]) => overlap(network, other))?.[1]
}

/** The same as a mistake, with the hint that fits. */
export function kindMistake(
  address: string,
  refused: readonly AddressKind[],
  hint = 'write the address that other hosts use to reach it',
): Mistake | undefined {
  const problem = kindProblem(address, refused)
  return problem === undefined ? undefined : [problem, hint]
}
