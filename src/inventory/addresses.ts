import ipaddr from 'ipaddr.js'

/** Whether the text is an IP address: IPv4 with all its four parts, or IPv6 without the name of a link behind it. */
export function isIP(text: string): boolean {
  return (ipaddr.IPv6.isValid(text) && !text.includes('%')) || ipaddr.IPv4.isValidFourPartDecimal(text)
}

export type Family = 'IPv4' | 'IPv6'

/** The family of an IP address or a network (CIDR); undefined for a name. */
export function familyOf(text: string): Family | undefined {
  const [address = ''] = text.split('/')
  if (!isIP(address)) return undefined
  return address.includes(':') ? 'IPv6' : 'IPv4'
}

/** Whether an IP address is in a network (CIDR). False for names, and for what is no network. */
export function isInside(address: string, network: string): boolean {
  if (!ipaddr.isValidCIDR(network) || !ipaddr.isValid(address)) return false
  const [base, prefix] = ipaddr.parseCIDR(network)
  const parsed = ipaddr.parse(address)
  return parsed.kind() === base.kind() && parsed.match(base, prefix)
}

/** Whether two networks (CIDR) share an address: one of them holds the other then, and so the other's base. */
export function overlap(a: string, b: string): boolean {
  return isInside(b.split('/')[0] ?? '', a) || isInside(a.split('/')[0] ?? '', b)
}

/** One spelling of an address: the short form of IPv6; of a name small letters, without a dot at the end. */
export function canonical(address: string): string {
  return isIP(address) ? ipaddr.parse(address).toString() : address.toLowerCase().replace(/\.$/, '')
}

/** The network (CIDR) that an address with its length (172.17.0.1/16) is in. Throws for what is neither. */
export function networkOf(address: string): string {
  const [base, prefix] = ipaddr.parseCIDR(address)
  const family = base.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  return `${family.networkAddressFromCIDR(address).toString()}/${prefix}`
}
