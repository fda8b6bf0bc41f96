import type { Problem } from '../../../errors.ts'
import type { Path } from '../../../yaml/document.ts'
import { pathText } from '../../../yaml/value.ts'
import type { CoreDNS } from '../../addons/schema.ts'
import { isInside, overlap } from '../../addresses.ts'
import { type CheckContext, problemAt } from '../../kubeconfig/check.ts'
import { endpointHost } from './endpoint.ts'

/** Pods, Services and what hosts reach must not share addresses: packets would stay in the cluster, or leave it. */
export function checkNetworks(context: CheckContext): Problem[] {
  const { podSubnet, serviceSubnet } = context.inventory.kubernetes
  return [
    ...(overlap(podSubnet, serviceSubnet) ? [overlapping(context)] : []),
    ...addressesOf(context).flatMap(({ path, address }) => {
      const name = (['podSubnet', 'serviceSubnet'] as const).find((each) =>
        isIn(address, context.inventory.kubernetes[each]),
      )
      if (name === undefined) return []
      const message = `${pathText(path)} ${address} is in kubernetes.${name} ${context.inventory.kubernetes[name]}`
      return [problemAt(context, path, message, `choose a ${name} that your network does not use`)]
    }),
  ]
}

function overlapping(context: CheckContext): Problem {
  const { podSubnet, serviceSubnet } = context.inventory.kubernetes
  const written =
    context.document.written(['kubernetes', 'serviceSubnet']) === undefined ? 'podSubnet' : 'serviceSubnet'
  const message = `podSubnet ${podSubnet} and serviceSubnet ${serviceSubnet} overlap`
  return problemAt(context, ['kubernetes', written], message, 'choose subnets that do not overlap')
}

function isIn(address: string, subnet: string): boolean {
  // A network is a rule that chooses among addresses, and may be wide.
  const [base = '', prefix] = address.split('/')
  return isInside(base, subnet) && (prefix === undefined || Number(prefix) >= Number(subnet.split('/')[1]))
}

interface NamedAddress {
  readonly path: Path
  /** IP address or network (CIDR); names are passed over by whoever compares. */
  readonly address: string
}

/** What the inventory says is outside of the cluster. */
function addressesOf(context: CheckContext): NamedAddress[] {
  const { hosts, kubernetes, time, proxy, registries, mirrors, addons } = context.inventory
  const dns = addons.find((addon) => addon.name === 'coredns')?.settings as CoreDNS | undefined
  const packages = Object.entries({
    kubernetes: mirrors.packages.kubernetes,
    docker: mirrors.packages.docker,
    helm: mirrors.packages.helm,
  })
  return [
    ...hosts.map((host) => ({ path: ['hosts', host.name, 'address'], address: host.reach })),
    ...hosts.flatMap(({ name, node }) => [
      ...(node?.address === undefined ? [] : [{ path: ['hosts', name, 'node', 'address'], address: node.address }]),
      ...(node?.network === undefined ? [] : [{ path: ['hosts', name, 'node', 'network'], address: node.network }]),
    ]),
    { path: ['kubernetes', 'endpoint'], address: endpointHost(kubernetes.endpoint ?? '') },
    ...time.servers.map((address, index) => ({ path: ['time', 'servers', index], address })),
    ...(dns?.forwarders ?? []).map((address, index) => ({ path: ['addons', 'coredns', 'forwarders', index], address })),
    ...Object.entries(dns?.zones ?? {}).flatMap(([zone, servers]) =>
      servers.map((address, index) => ({ path: ['addons', 'coredns', 'zones', zone, index], address })),
    ),
    ...(proxy === undefined
      ? []
      : [
          { path: ['proxy', 'http'], address: hostOf(proxy.http) },
          ...(context.document.written(['proxy', 'https']) === undefined
            ? []
            : [{ path: ['proxy', 'https'], address: hostOf(proxy.https) }]),
        ]),
    ...registries.private
      .filter((each) => each.clusterAddress === undefined)
      .map((each, index) => ({ path: ['registries', 'private', index, 'host'], address: endpointHost(each.host) })),
    ...packages.flatMap(([name, urls]) =>
      urls.map((url, index) => ({ path: ['mirrors', 'packages', name, index], address: hostOf(url) })),
    ),
    ...Object.entries(mirrors.registries).flatMap(([name, urls]) =>
      urls.map((url, index) => ({ path: ['mirrors', 'registries', name, index], address: hostOf(url) })),
    ),
  ]
}

/** The host of a URL; empty for the words that may stand in its place. */
function hostOf(url: string): string {
  const [, host = ''] = /^https?:\/\/(\[[^\]]*\]|[^/:]*)/.exec(url) ?? []
  return endpointHost(host)
}
