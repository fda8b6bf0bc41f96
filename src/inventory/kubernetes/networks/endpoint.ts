import ipaddr from 'ipaddr.js'
import type { Inventory } from '../../inventory.ts'

/** By which nodes and operators reach the API: `host:port`. */
export function apiEndpoint({ kubernetes, hosts }: Pick<Inventory, 'kubernetes' | 'hosts'>): string {
  const first = hosts.find((host) => host.role === 'control-plane')
  return kubernetes.endpoint ?? `${hostPart(first?.address ?? '')}:6443`
}

/** An address as it stands in host:port, where IPv6 needs its brackets. */
function hostPart(address: string): string {
  return ipaddr.IPv6.isValid(address) ? `[${address}]` : address
}

/** The port of `host:port`. */
export function endpointPort(endpoint: string): number {
  return Number(/:(\d+)$/.exec(endpoint)?.[1])
}

/** The name or IP address of `host:port`, without brackets. */
export function endpointHost(endpoint: string): string {
  return endpoint.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
