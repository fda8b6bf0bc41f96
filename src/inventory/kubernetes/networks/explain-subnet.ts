import ipaddr from 'ipaddr.js'
import { networkProblem } from '../../address-kinds.ts'
import { isIP, networkOf } from '../../addresses.ts'
import type { Mistake } from '../../hosts/explain-address.ts'

const form = 'must be a subnet in CIDR form'

/** What is wrong with a subnet: its form, bits of a host in it, or addresses that are of another kind. */
export function subnetMistake(text: string): Mistake | undefined {
  if (!ipaddr.isValidCIDR(text) || !isIP(text.split('/')[0] ?? '')) return [form, formHint(text)]
  const [base, prefix] = ipaddr.parseCIDR(text)
  const network = networkOf(text)
  if (network !== `${base.toString()}/${prefix}`)
    return ['is an address in a subnet, not the subnet', `write ${network}`]
  const what = networkProblem(text)
  if (what !== undefined) return [`has ${what} in it`, 'choose a private network, for example one in 10.0.0.0/8']
  return undefined
}

function formHint(text: string): string {
  if (text.includes(',')) return 'write one subnet: dual stack is not supported yet'
  const [address = '', rest] = text.split('/')
  if (isIP(address) && rest === undefined) return `add the prefix length: ${address}/${address.includes(':') ? 64 : 16}`
  if (isIP(address) && rest !== undefined && isIP(rest) && !rest.includes(':')) {
    const bits = ipaddr.IPv4.parse(rest).prefixLengthFromSubnetMask()
    return bits === null
      ? `write for example ${address}/16: ${rest} is not a netmask`
      : `write the netmask as a number: ${address}/${bits}`
  }
  return 'write for example 10.244.0.0/16'
}
