import ipaddr from 'ipaddr.js'
import type { Problem } from '../../errors.ts'
import type { Path } from '../../yaml/document.ts'
import { isInside, networkOf, overlap } from '../addresses.ts'
import { type CheckContext, problemAt } from '../kubeconfig/check.ts'

/** Source: docs.docker.com, daemon.json: bip. dockerd takes it where no route has it. */
const usualBridge = '172.17.0.1/16'

const examples = ['10.255.255.1/24', '172.31.255.1/24', '192.168.255.1/24']

/** Docker's own networks: none may be that of pods, Services or hosts. */
export function checkDocker(context: CheckContext): Problem[] {
  const { runtime, docker } = context.inventory
  if (runtime.engine === 'none') {
    if (Object.keys(docker.daemon).length === 0) return []
    const message = 'docker.daemon is for Docker, and runtime.engine is none'
    return [problemAt(context, ['docker', 'daemon'], message, 'remove it, or write runtime: { engine: docker }', 'key')]
  }
  return networksOfDocker(context).flatMap(({ network, name, path }) => {
    const taken = others(context).find((other) => overlap(network, other.network))
    if (taken === undefined) return []
    // Of Docker's usual network the operator may know nothing; so the subnet is what is wrong.
    const message = `${name} ${network} and ${taken.name} ${taken.network} overlap`
    const at = context.document.written(path) === undefined && path.at(-1) === 'bip' ? taken.path : path
    return [problemAt(context, at, message, path.includes('base') ? 'choose another base' : hint(context, taken.name))]
  })
}

/** Hosts, and so perhaps the operator, where Docker's bridge would be: it moves aside only if a route says so. */
export function hostsInDockersNetwork(context: CheckContext): Problem[] {
  const { runtime, docker, hosts } = context.inventory
  if (runtime.engine === 'none' || docker.daemon.bip !== undefined || docker.daemon.bridge !== undefined) return []
  const network = networkOf(usualBridge)
  return hosts
    .filter((host) => isInside(host.address, network) || isInside(host.reach, network))
    .slice(0, 1)
    .map((host) => {
      const message = `hosts.${host.name}.address ${host.reach} is in ${network}, which Docker uses for its bridge; clients in that network may lose access to the hosts`
      return problemAt(context, ['hosts', host.name, 'address'], message, hint(context, 'hosts'))
    })
}

interface Named {
  readonly name: string
  readonly network: string
  readonly path: Path
}

function networksOfDocker(context: CheckContext): Named[] {
  const { bip, bridge, 'default-address-pools': pools } = context.inventory.docker.daemon
  const bridged = typeof bip === 'string' ? bip : usualBridge
  const named = typeof bip === 'string' ? 'docker.daemon.bip' : 'the bridge network of Docker'
  const path = ['docker', 'daemon']
  return [
    ...(bridge === undefined ? [{ name: named, network: networkOf(bridged), path: [...path, 'bip'] }] : []),
    ...(Array.isArray(pools) ? pools : []).map((pool: { base: string }, index) => ({
      name: `docker.daemon.default-address-pools[${index}]`,
      network: networkOf(pool.base),
      path: [...path, 'default-address-pools', index, 'base'],
    })),
  ]
}

function others(context: CheckContext): Named[] {
  const { kubernetes, hosts, docker } = context.inventory
  const subnets = (['podSubnet', 'serviceSubnet'] as const).map((name) => ({
    name: `kubernetes.${name}`,
    network: kubernetes[name],
    path: ['kubernetes', name],
  }))
  // Where only Docker's default says so, hosts are warned of: see hostsInDockersNetwork.
  const chosen = docker.daemon.bip !== undefined || docker.daemon['default-address-pools'] !== undefined
  const addresses = (chosen ? hosts : [])
    .filter((host) => ipaddr.isValid(host.address))
    .map((host) => ({
      name: `hosts.${host.name}.address`,
      network: `${host.address}/${host.address.includes(':') ? 128 : 32}`,
      path: ['hosts', host.name, 'address'],
    }))
  return [...subnets, ...addresses]
}

function hint(context: CheckContext, with_: string): string {
  const taken = others(context).map((other) => other.network)
  const { hosts } = context.inventory
  const free = examples.find(
    (one) =>
      !taken.some((other) => overlap(networkOf(one), other)) &&
      !hosts.some((host) => isInside(host.reach, networkOf(one))),
  )
  const move = `set another network for Docker: docker: { daemon: { bip: ${free ?? examples[0]} } }`
  return with_.startsWith('kubernetes.') ? `choose another ${with_.replace('kubernetes.', '')}, or ${move}` : move
}
