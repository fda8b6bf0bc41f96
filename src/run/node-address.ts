import ipaddr from 'ipaddr.js'
import { isInside } from '../inventory/addresses.ts'
import type { NodeRule } from '../inventory/inventory.ts'

/** An address of a host, and the link that has it. */
export interface LinkAddress {
  readonly link: string
  readonly address: string
}

/** Lines `LINK ADDRESS` as a host told them; what is no address is passed over. */
export function parseAddresses(text: string): LinkAddress[] {
  return text.split('\n').flatMap((line) => {
    const [link, address] = line.trim().split(' ')
    return link && address && ipaddr.isValid(address) ? [{ link, address: ipaddr.parse(address).toString() }] : []
  })
}

/** The address that a rule chooses of these, IPv4 before IPv6; undefined where it fits none. */
export function chooseAddress(rule: NodeRule, addresses: readonly LinkAddress[]): string | undefined {
  const fitting = addresses.filter(({ link, address }) => {
    if (rule.interface !== undefined) return link === rule.interface
    return rule.network !== undefined && isInside(address, rule.network)
  })
  return (fitting.find(({ address }) => ipaddr.IPv4.isValid(address)) ?? fitting[0])?.address
}
