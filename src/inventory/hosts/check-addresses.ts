import type { Problem } from '../../errors.ts'
import type { Path } from '../../yaml/document.ts'
import { kindProblem, notOfNodes } from '../address-kinds.ts'
import { canonical, isIP } from '../addresses.ts'
import type { Host } from '../inventory.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'
import { strictNameMistake } from './explain-address.ts'

/** Ways in: no two hosts by the same address and port. */
export function checkWaysIn(context: CheckContext): Problem[] {
  return repeated(context.inventory.hosts, wayIn).map(([host, first]) => {
    const message = `hosts.${host.name}.address ${host.reach} is also the address of ${first.name}`
    return problemAt(context, ['hosts', host.name, 'address'], message, 'set a unique address for every host')
  })
}

/** Addresses of nodes: one each, which others reach, and of control planes one that can stand in a certificate. */
export function checkNodeAddresses(context: CheckContext): Problem[] {
  const { hosts } = context.inventory
  // What a rule chooses is known to the host alone.
  const known = hosts.filter((host) => host.node === undefined || host.node.address !== undefined)
  const told = repeated(hosts, wayIn).map(([host]) => host)
  return [
    ...repeated(known, (host) => canonical(host.address))
      .filter(([host]) => !told.includes(host))
      .map(([host, first]) => {
        const message = `hosts.${host.name} and hosts.${first.name} have the same node address ${host.address}`
        const hint = 'set a unique address for each in node: { address | interface | network }'
        return problemAt(context, addressPath(host), message, hint)
      }),
    ...known.flatMap((host) => checkAddress(context, host)),
  ]
}

function checkAddress(context: CheckContext, host: Host): Problem[] {
  const { name, address } = host
  const wrong = (message: string, hint: string) => [
    problemAt(context, addressPath(host), `hosts.${name}.address ${address} ${message}`, hint),
  ]
  const kind = kindProblem(address, notOfNodes)
  if (kind !== undefined) {
    const hint =
      host.connection === 'local'
        ? 'write the address that other hosts use to reach this machine'
        : 'write the address that other hosts use to reach it, here or under node: { address }'
    return wrong(kind, hint)
  }
  if (isIP(address)) return []
  const plain = canonical(address)
  const other = context.inventory.hosts.find((each) => each.name !== name && each.name === plain)
  if (other !== undefined) return wrong('is the name of another host', `write the own address of ${name}`)
  const mistake = host.role === 'control-plane' ? strictNameMistake(address) : undefined
  return mistake === undefined ? [] : wrong(...mistake)
}

/** Where the address of a host's node is written. */
export function addressPath(host: Host): Path {
  return ['hosts', host.name, ...(host.node?.address === undefined ? [] : ['node']), 'address']
}

function wayIn(host: Host): string {
  return `${canonical(host.reach)} ${host.ssh.port ?? 22}`
}

/** Hosts that have the same key as an earlier one, with that one. */
function repeated(hosts: readonly Host[], key: (host: Host) => string): [host: Host, first: Host][] {
  const seen = new Map<string, Host>()
  return hosts.flatMap((host): [Host, Host][] => {
    const own = key(host)
    const first = seen.get(own)
    if (first !== undefined) return [[host, first]]
    seen.set(own, host)
    return []
  })
}
