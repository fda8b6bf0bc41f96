import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { dockerHubMirrors, registryHosts, registryLogins } from '../../../src/variables/registries.ts'

function cluster(settings: object) {
  const hosts = { cp1: { address: '10.0.0.11', role: 'control-plane' } }
  return readInventory(stringify({ cluster: 'lab', hosts, ...settings }), 'hosts.yaml')
}

const own = { host: 'harbor.example.com', ca: import.meta.filename, username: 'robot$k8s', password: { env: 'X' } }
const passwords = { 'harbor.example.com': 's3cret' }
const auth = Buffer.from('robot$k8s:s3cret').toString('base64')

describe('what containerd knows', () => {
  it('of a registry with mirrors: them in order, the registry last, and an image to judge them by', () => {
    const inventory = cluster({ mirrors: { registries: { 'docker.io': ['http://m:5000', 'https://n'] } } })
    const [hosts] = registryHosts(inventory, {}, catalogue)
    expect(hosts).toMatchObject({ registry: 'docker.io', probe: catalogue.busybox.image })
    expect(hosts?.server).toBe('server = "https://registry-1.docker.io"\n')
    expect(hosts?.mirrors.map(({ url }) => url)).toEqual(['http://m:5000', 'https://n'])
  })

  it('of a registry whose images no node needs: no image to judge by', () => {
    const [hosts] = registryHosts(cluster({ mirrors: { registries: { 'quay.io': 'https://n' } } }), {}, catalogue)
    expect(hosts?.probe).toBeUndefined()
  })

  it('of a private registry: its CA', () => {
    const [hosts] = registryHosts(cluster({ registries: { private: [own] } }), passwords, catalogue)
    expect(hosts).toEqual({
      registry: own.host,
      server: [
        `server = "https://${own.host}"`,
        `ca = "/etc/containerd/certs.d/${own.host}/ca.crt"`,
        `[host."https://${own.host}"]`,
        '  capabilities = ["pull", "resolve", "push"]',
        `  ca = "/etc/containerd/certs.d/${own.host}/ca.crt"`,
        '',
      ].join('\n'),
      mirrors: [],
    })
  })

  it('of a private registry without TLS', () => {
    const inventory = cluster({ registries: { private: [{ host: 'r.example.com:5000', insecure: true }] } })
    expect(registryHosts(inventory, {}, catalogue)[0]?.server).toBe('server = "http://r.example.com:5000"\n')
  })

  it('of a mirror that is a private registry: its CA, its login and its path', () => {
    const url = `https://${own.host}/v2/k8s`
    const mirrors = { registries: { 'registry.k8s.io': [url, 'https://n'] } }
    const [hosts] = registryHosts(cluster({ mirrors, registries: { private: [own] } }), passwords, catalogue)
    expect(hosts?.mirrors[0]?.settings.split('\n')).toEqual([
      '  capabilities = ["pull", "resolve"]',
      '  override_path = true',
      `  ca = "/etc/containerd/certs.d/${own.host}/ca.crt"`,
      `  [host."${url}".header]`,
      `    Authorization = ["Basic ${auth}"]`,
      '',
    ])
    expect(hosts?.mirrors[1]?.settings).toBe('  capabilities = ["pull", "resolve"]\n')
  })
})

it('a private registry with a mirror keeps its CA, and Docker Hub its other name', () => {
  const mirrors = { registries: { [own.host]: ['https://n'] } }
  const hub = { host: 'docker.io', username: 'me', password: { env: 'X' } }
  const inventory = cluster({ mirrors, registries: { private: [own, hub] } })
  const hosts = registryHosts(inventory, passwords, catalogue)
  expect(hosts.map(({ registry }) => registry)).toEqual([own.host, 'docker.io'])
  expect(hosts[0]?.server).toContain('ca = ')
  expect(hosts[1]?.server).toBe('server = "https://registry-1.docker.io"\n')
  expect(registryLogins(inventory, passwords).map(({ host }) => host)).toEqual([
    own.host,
    'https://index.docker.io/v1/',
  ])
})

it('logins are of those registries that have one', () => {
  const inventory = cluster({ registries: { private: [own, { host: 'open.example.com' }] } })
  expect(registryLogins(inventory, passwords)).toEqual([{ host: own.host, auth }])
})

it('Docker is told of mirrors without path and login', () => {
  const urls = ['https://n', 'https://n/v2/hub', `https://${own.host}`, 'http://m:5000']
  const inventory = cluster({ mirrors: { registries: { 'docker.io': urls } }, registries: { private: [own] } })
  expect(dockerHubMirrors(inventory)).toEqual(['https://n', 'http://m:5000'])
})
