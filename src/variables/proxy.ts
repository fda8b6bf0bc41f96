import { isInside } from '../inventory/addresses.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { endpointHost } from '../inventory/kubernetes/networks/endpoint.ts'
import type { VariableInput } from './input.ts'

/** What playbooks write of a proxy; all empty where the inventory has none. */
export interface ProxyFiles {
  /** `NAME=VALUE` lines of `/etc/provision-proxy.env`. */
  readonly environment: string
  /** For apt.conf.d. */
  readonly apt: string
  /** For `[main]` of dnf.conf. */
  readonly dnf: string
  /** Of the last two, which everybody may read unless a password is in them. */
  readonly mode: string
}

/** `password`: that of the proxy's login, as it is. `urls`: what hosts fetch, since apt knows hosts alone, no domains and networks. */
export function proxyFiles(inventory: Inventory, password: string, urls: readonly string[]): ProxyFiles {
  const { proxy } = inventory
  if (proxy === undefined) return { environment: '', apt: '', dnf: '', mode: '0644' }
  const direct = noProxy(inventory)
  const reached = urls.map(hostOf).filter((host) => isAmong(host, direct))
  const http = withLogin(proxy.http, proxy.username, password)
  const https = withLogin(proxy.https, proxy.username, password)
  const hosts = [...new Set([...direct, ...reached])].filter((one) => !/^\.|\//.test(one))
  return {
    environment: `HTTP_PROXY=${http}\nHTTPS_PROXY=${https}\nNO_PROXY=${direct.join(',')}\n`,
    apt: [
      '# Managed by provision',
      `Acquire::http::Proxy "${http}";`,
      `Acquire::https::Proxy "${https}";`,
      ...hosts.flatMap((host) => ['http', 'https'].map((scheme) => `Acquire::${scheme}::Proxy::${host} "DIRECT";`)),
      '',
    ].join('\n'),
    dnf: [
      `proxy=${proxy.https}`,
      ...(proxy.username === undefined ? [] : [`proxy_username=${proxy.username}`, `proxy_password=${password}`]),
    ].join('\n'),
    mode: proxy.username === undefined ? '0644' : '0600',
  }
}

/**
 * What is reached without the proxy: the cluster itself, by whatever name its parts have for each other, and what the
 * inventory adds. Programs written in Go take networks, too (golang.org/x/net/http/httpproxy).
 */
export function noProxy(inventory: Inventory): readonly string[] {
  const { hosts, kubernetes, names, cluster, proxy } = inventory
  return [
    ...new Set([
      'localhost',
      '127.0.0.1',
      '::1',
      '127.0.0.0/8',
      ...hosts.flatMap((host) => [host.address, host.name]),
      ...(kubernetes.endpoint === undefined ? [] : [endpointHost(kubernetes.endpoint)]),
      kubernetes.podSubnet,
      kubernetes.serviceSubnet,
      '.svc',
      `.${kubernetes.dnsDomain}`,
      ...(names === 'dns' ? [`.${cluster}.internal`] : []),
      ...(proxy?.no ?? []),
    ]),
  ]
}

/** Whether this address is reached without the inventory's proxy. False where there is no proxy at all. */
export function isDirect(url: string, inventory: Inventory): boolean {
  return inventory.proxy !== undefined && isAmong(hostOf(url), noProxy(inventory))
}

function isAmong(host: string, direct: readonly string[]): boolean {
  return direct.some((one) => {
    if (one.includes('/')) return isInside(host, one)
    return one.startsWith('.') ? host.endsWith(one) : host === one
  })
}

/** Of an address that may have dnf's variables in it. */
function hostOf(url: string): string {
  return new URL(url.replaceAll('$', '')).hostname.replace(/^\[|\]$/g, '')
}

/** As an address carries a login: everything but letters, digits and -._~ encoded. */
export function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}

function withLogin(url: string, username: string | undefined, password: string): string {
  return username === undefined ? url : url.replace('://', `://${encoded(username)}:${encoded(password)}@`)
}

/** The proxy that hosts use. `urls`: what they fetch. */
export function proxyVariables({ inventory, secrets }: VariableInput, urls: readonly string[]) {
  return { proxied: inventory.proxy !== undefined, proxy: proxyFiles(inventory, secrets.proxy, urls) }
}
