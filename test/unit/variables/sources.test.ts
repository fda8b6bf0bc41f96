import { describe, expect, it } from 'vitest'
import { catalogue } from '../../../src/catalogue/load.ts'
import type { HostFacts } from '../../../src/host-facts.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import {
  containerdPackages,
  dockerPackages,
  dockerRepository,
  kubernetesPackages,
  kubernetesRepository,
  nodeImages,
} from '../../../src/variables/package-sources.ts'

const systems: Readonly<Record<string, HostFacts>> = {
  debian: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  bookworm: { family: 'debian', id: 'debian', version: '12', codename: 'bookworm', arch: 'amd64' },
  ubuntu: { family: 'debian', id: 'ubuntu', version: '24.04', codename: 'noble', arch: 'arm64' },
  rocky: { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'amd64' },
  fedora: { family: 'el', id: 'fedora', version: '43', codename: '', arch: 'amd64' },
  'rocky 8': { family: 'el', id: 'rocky', version: '8.10', codename: '', arch: 'amd64' },
  'almalinux 8': { family: 'el', id: 'almalinux', version: '8.10', codename: '', arch: 'amd64' },
  'rhel 8': { family: 'el', id: 'rhel', version: '8.10', codename: '', arch: 'amd64' },
  'oracle 8': { family: 'el', id: 'ol', version: '8.10', codename: '', arch: 'arm64' },
  'anolis 8': { family: 'el', id: 'anolis', version: '8.9', codename: '', arch: 'amd64' },
  'kylin V10': { family: 'el', id: 'kylin', version: 'V10', codename: '', arch: 'amd64' },
  openEuler: { family: 'el', id: 'openEuler', version: '24.03', codename: '', arch: 'amd64' },
}

function cluster(settings: string) {
  const hosts = '  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.21, role: worker }\n'
  return readInventory(`cluster: lab\nhosts:\n${hosts}${settings}\n`, 'hosts.yaml')
}

/** Settings, system, and the address and key of the Kubernetes repository. */
const kubernetes: readonly [string, string, string, string][] = [
  ['', 'debian', 'https://pkgs.k8s.io/core:/stable:/v1.36/deb/', 'Release.key'],
  ['kubernetes: { version: 1.35.8 }', 'ubuntu', 'https://pkgs.k8s.io/core:/stable:/v1.35/deb/', 'Release.key'],
  ['', 'rocky', 'https://pkgs.k8s.io/core:/stable:/v1.36/rpm/', 'repodata/repomd.xml.key'],
  ['mirrors: aliyun', 'debian', 'https://mirrors.aliyun.com/kubernetes-new/core/stable/v1.36/deb/', 'Release.key'],
  [
    'mirrors: aliyun',
    'rocky',
    'https://mirrors.aliyun.com/kubernetes-new/core/stable/v1.36/rpm/',
    'repodata/repomd.xml.key',
  ],
  [
    'mirrors: tuna',
    'debian',
    'https://mirrors.tuna.tsinghua.edu.cn/kubernetes/core:/stable:/v1.36/deb/',
    'Release.key',
  ],
  [
    'mirrors: { packages: { kubernetes: "http://10.0.0.2/kubernetes/" } }',
    'debian',
    'http://10.0.0.2/kubernetes/core:/stable:/v1.36/deb/',
    'Release.key',
  ],
]

/** Settings, and of each place where else the same key may be had. */
const renewed: readonly [string, readonly (readonly string[])[]][] = [
  ['kubernetes: { version: 1.37.1 }', [[]]],
  ['', [['https://pkgs.k8s.io/core:/stable:/v1.37/deb/Release.key']]],
  [
    'kubernetes: { version: 1.35.8 }\nmirrors: { packages: { kubernetes: ["http://m/v{minor}", official] } }',
    [
      ['http://m/v1.37/deb/Release.key', 'http://m/v1.36/deb/Release.key'],
      ['1.37', '1.36'].map((minor) => `https://pkgs.k8s.io/core:/stable:/v${minor}/deb/Release.key`),
    ],
  ],
]

/** Settings, system, and the address of Docker's repository. */
const docker: readonly [string, string, string][] = [
  ['', 'debian', 'https://download.docker.com/linux/debian'],
  ['', 'ubuntu', 'https://download.docker.com/linux/ubuntu'],
  ['', 'rocky', 'https://download.docker.com/linux/centos/9/$basearch/stable'],
  ['', 'fedora', 'https://download.docker.com/linux/fedora/43/$basearch/stable'],
  ['', 'rocky 8', 'https://download.docker.com/linux/rhel/8/$basearch/stable'],
  ['', 'almalinux 8', 'https://download.docker.com/linux/rhel/8/$basearch/stable'],
  ['', 'rhel 8', 'https://download.docker.com/linux/rhel/8/$basearch/stable'],
  ['', 'oracle 8', 'https://download.docker.com/linux/rhel/8/$basearch/stable'],
  ['', 'anolis 8', 'https://download.docker.com/linux/rhel/8/$basearch/stable'],
  ['', 'kylin V10', 'https://download.docker.com/linux/rhel/8/$basearch/stable'],
  ['', 'openEuler', 'https://download.docker.com/linux/centos/9/$basearch/stable'],
  ['mirrors: aliyun', 'ubuntu', 'https://mirrors.aliyun.com/docker-ce/linux/ubuntu'],
  ['mirrors: { packages: { docker: "http://m/docker" } }', 'rocky', 'http://m/docker/linux/centos/9/$basearch/stable'],
]

describe('package repositories', () => {
  it.each(kubernetes)('of Kubernetes with %j on %s', (settings, system, url, key) => {
    const repository = kubernetesRepository(cluster(settings), systems[system] as HostFacts, catalogue)
    expect([repository.url, repository.keyUrl]).toEqual([url, `${url}${key}`])
  })

  it.each(renewed)('of Kubernetes with %j have the renewed key in newer ones', (settings, urls) => {
    const repository = kubernetesRepository(cluster(settings), systems.debian as HostFacts, catalogue)
    const places = [repository, ...(repository.others ?? [])]
    expect(places.map((place) => place.renewedKeyUrls)).toEqual(urls)
  })

  it.each(docker)('of Docker with %j on %s', (settings, system, url) => {
    expect(dockerRepository(cluster(settings), systems[system] as HostFacts, catalogue).url).toBe(url)
  })
})

/** Settings, and the addresses of Docker's repository in the order in which they are tried. */
const orders: readonly [string, readonly string[]][] = [
  ['mirrors: tuna', ['https://mirrors.tuna.tsinghua.edu.cn/docker-ce']],
  [
    'mirrors: [tuna, ustc]',
    ['https://mirrors.tuna.tsinghua.edu.cn/docker-ce', 'https://mirrors.ustc.edu.cn/docker-ce'],
  ],
  [
    'mirrors: { preset: [ustc], packages: { docker: ["http://m", official] } }',
    ['http://m', 'https://download.docker.com'],
  ],
]

describe('several mirrors', () => {
  it.each(orders)('of %j are tried in order', (settings, bases) => {
    const { url, keyUrl, others = [] } = dockerRepository(cluster(settings), systems.debian as HostFacts, catalogue)
    expect([{ url, keyUrl }, ...others]).toEqual(
      bases.map((base) => ({ url: `${base}/linux/debian`, keyUrl: `${base}/linux/debian/gpg` })),
    )
  })
})

/** What is reached directly beside the cluster, and whether dnf goes to the site's mirror without its proxy. */
const direct: readonly [string, boolean][] = [
  ['[]', false],
  ['[mirror.corp]', true],
  ['[.corp]', true],
  ['[corp]', false],
  ['[10.0.0.0/8]', false],
]

describe('behind a proxy', () => {
  it.each(direct)('with no: %s', (no, expected) => {
    const settings = `proxy: { http: "http://p:1", no: ${no} }\nmirrors: { packages: { docker: "http://mirror.corp/d" } }`
    const repository = dockerRepository(cluster(settings), systems.rocky as HostFacts, catalogue)
    expect(repository.direct ?? false).toBe(expected)
  })

  it('one of several', () => {
    const settings =
      'proxy: { http: "http://p:1", no: [.corp] }\nmirrors: { packages: { docker: ["http://m.corp/d", official] } }'
    const repository = dockerRepository(cluster(settings), systems.rocky as HostFacts, catalogue)
    expect([repository, ...(repository.others ?? [])].map((place) => place.direct)).toEqual([true, undefined])
  })

  it('by a network', () => {
    const settings =
      'proxy: { http: "http://p:1", no: [10.9.0.0/16] }\nmirrors: { packages: { kubernetes: ["http://10.9.1.1/k"] } }'
    expect(kubernetesRepository(cluster(settings), systems.rocky as HostFacts, catalogue).direct).toBe(true)
  })
})

const plugins = ['docker-buildx-plugin', 'docker-compose-plugin']

/** Settings, system, the packages of containerd and those of Docker. */
const packages: readonly [string, string, readonly string[], readonly string[]][] = [
  ['', 'debian', ['containerd.io=2.3.3'], ['docker-ce=29.7.2', 'docker-ce-cli=29.7.2', ...plugins]],
  [
    'docker: { version: 29.6.2 }',
    'rocky',
    ['containerd.io=2.3.3'],
    ['docker-ce=29.6.2', 'docker-ce-cli=29.6.2', ...plugins],
  ],
  [
    'docker: { version: "29.1" }',
    'debian',
    ['containerd.io=2.3.3'],
    ['docker-ce=29.1.*', 'docker-ce-cli=29.1.*', ...plugins],
  ],
  [
    'containerd: { version: 2.3.2 }',
    'debian',
    ['containerd.io=2.3.2'],
    ['docker-ce=29.7.2', 'docker-ce-cli=29.7.2', ...plugins],
  ],
  [
    'docker: { packages: distribution }',
    'debian',
    ['containerd', 'runc'],
    ['docker.io', 'docker-cli', 'docker-buildx', 'docker-compose'],
  ],
  ['docker: { packages: distribution }', 'bookworm', ['containerd', 'runc'], ['docker.io']],
  [
    'docker: { packages: distribution }',
    'ubuntu',
    ['containerd', 'runc'],
    ['docker.io', 'docker-buildx', 'docker-compose-v2'],
  ],
]

describe('packages', () => {
  it.each(packages)('with %j on %s', (settings, system, containerd, docker) => {
    const given = [cluster(settings), systems[system] as HostFacts, catalogue] as const
    expect(containerdPackages(...given)).toEqual({ names: containerd, hold: true })
    expect(dockerPackages(...given)).toEqual({ names: docker, hold: true })
  })

  it('are not to be had from a distribution without Docker', () => {
    const inventory = cluster('docker: { packages: distribution }')
    for (const packagesOf of [containerdPackages, dockerPackages])
      expect(() => packagesOf(inventory, systems.rocky as HostFacts, catalogue)).toThrow('rocky has no Docker')
  })

  it('of Kubernetes are of the version, whatever build of it there is', () => {
    const { names, hold } = kubernetesPackages(cluster('kubernetes: { version: 1.36.2 }'), catalogue)
    expect(names).toEqual(['kubeadm=1.36.2', 'kubelet=1.36.2', 'kubectl=1.36.2', 'cri-tools', 'kubernetes-cni'])
    expect(hold).toBe(true)
  })
})

describe('images', () => {
  it('of a control plane and of a worker', () => {
    const inventory = cluster('network: { manifest: /dev/null }'.replace('/dev/null', import.meta.filename))
    const images = inventory.hosts.map((host) => nodeImages(inventory, host, catalogue))
    expect(images[0]).toEqual(
      expect.arrayContaining(['registry.k8s.io/etcd:3.6.8-0', 'registry.k8s.io/coredns/coredns:v1.14.2']),
    )
    expect(images[1]).toEqual([
      'registry.k8s.io/pause:3.10.2',
      'registry.k8s.io/kube-proxy:v1.36.3',
      'docker.io/library/busybox:1.37',
    ])
  })
})

describe('the catalogue', () => {
  it('holds its default and every minor’s newest patch together', () => {
    const { kubernetes: own } = catalogue
    for (const [minor, { newest }] of Object.entries(own.minors)) expect(newest.startsWith(`${minor}.`)).toBe(true)
    expect(own.minors[own.default.split('.').slice(0, 2).join('.')]).toBeDefined()
    expect(Object.keys(own.ended).filter((minor) => own.minors[minor] !== undefined)).toEqual([])
  })
})
