import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

// A host with real links and routes, in a network of its own: 10.20.0.11/16 on a link, and what a case adds.

interface Case {
  readonly name: string
  /** Arguments of `ip`, before the check. */
  readonly routes?: readonly string[]
  /** Of the host. */
  readonly hosts?: string
  readonly node?: boolean
  /** Listens on port 6443, from the beginning or a second later. */
  readonly listens?: 'at once' | 'late'
  readonly check: string
  readonly trouble: string
  /** Part of what is said; undefined where nothing is wrong. */
  readonly says?: string
}

const networks = (pods: string, services = '10.96.0.0/12') => ({
  check: `networks_are_free ${pods} ${services}`,
  trouble: `networks_trouble ${pods} ${services}`,
})
const endpoint = (host: string) => ({ check: `endpoint_found ${host}`, trouble: `endpoint_trouble ${host}` })

/** A host of a cluster that a control plane holds, and how long it tries to reach the endpoint. */
const reached = (address: string, seconds = 0, held = '1') => ({
  check: `P_CLUSTER_HELD=${held} P_ENDPOINT_SECONDS=${seconds}; endpoint_answers ${address} 6443`,
  trouble: `endpoint_silence k8s:6443 ${address} 6443`,
})

const cases: readonly Case[] = [
  { name: 'an API that answers', listens: 'at once', ...reached('10.20.0.11') },
  { name: 'an API that answers by IPv6', listens: 'at once', ...reached('fd20::11') },
  {
    name: 'an API that answers by a name',
    hosts: '10.20.0.11 k8s.example.com\n',
    listens: 'at once',
    ...reached('k8s.example.com'),
  },
  { name: 'an API that is about to start', listens: 'late', ...reached('10.20.0.11', 20) },
  { name: 'no API, and no cluster', ...reached('10.20.0.11', 0, '') },
  {
    name: 'an API that refuses',
    ...reached('10.20.0.11'),
    says: 'does not reach k8s:6443, by which nodes reach the API (Connection refused), and a control plane holds',
  },
  {
    name: 'an API behind no route',
    ...reached('192.0.2.10'),
    says: 'does not reach k8s:6443, by which nodes reach the API (Network is unreachable)',
  },
  {
    name: 'an API at an address that nobody has',
    ...reached('10.20.0.77'),
    says: 'does not reach k8s:6443, by which nodes reach the API (',
  },
  {
    name: 'an API at a name that nobody knows',
    ...reached('office-cp1'),
    says: 'does not reach k8s:6443, by which nodes reach the API (',
  },

  { name: 'subnets that nobody has', ...networks('10.244.0.0/16') },
  { name: 'pods where the link is', ...networks('10.20.0.0/16'), says: 'kubernetes.podSubnet 10.20.0.0/16' },
  { name: 'pods around the link', ...networks('10.0.0.0/9'), says: 'has the network 10.20.0.0/16' },
  { name: 'pods within the link', ...networks('10.20.128.0/20'), says: 'has the network 10.20.0.0/16' },
  {
    name: 'Services where the link is',
    ...networks('10.244.0.0/16', '10.20.0.0/16'),
    says: 'kubernetes.serviceSubnet 10.20.0.0/16: choose another serviceSubnet',
  },
  {
    name: 'a part of the pods behind a gateway',
    routes: ['route add 10.244.3.0/24 via 10.20.0.1'],
    ...networks('10.244.0.0/16'),
    says: 'has the network 10.244.3.0/24 via 10.20.0.1',
  },
  {
    name: 'all of 10.0.0.0/8 behind a gateway, which is less precise',
    routes: ['route add 10.0.0.0/8 via 10.20.0.1'],
    ...networks('10.244.0.0/16'),
  },
  {
    name: 'a default route',
    routes: ['route add default via 10.20.0.1'],
    ...networks('10.244.0.0/16'),
  },
  {
    name: 'routes of the pod network',
    routes: ['route add 10.244.1.0/24 via 10.20.0.12 proto 17'],
    ...networks('10.244.0.0/16'),
  },
  {
    name: 'a route of the Services, for a host without a default route',
    routes: ['route add 10.96.0.0/12 dev p0'],
    ...networks('10.244.0.0/16'),
  },
  {
    name: 'a link whose network is that of the Services',
    routes: ['address add 10.96.0.1/12 dev p0'],
    ...networks('10.244.0.0/16'),
    says: 'has the network 10.96.0.0/12',
  },
  { name: 'a link of IPv6', ...networks('fd20::/56', 'fd00:96::/112'), says: 'has the network fd20::/64' },
  { name: 'a node has networks of its pods', node: true, ...networks('10.20.0.0/16') },

  { name: 'an endpoint on the link', ...endpoint('10.20.0.10') },
  { name: 'an endpoint that is the host', ...endpoint('10.20.0.11') },
  { name: 'an endpoint of IPv6', ...endpoint('fd20::10') },
  { name: 'an endpoint without a route', ...endpoint('192.0.2.10'), says: 'no route of this host leads to 192.0.2.10' },
  {
    name: 'an endpoint behind the default route',
    routes: ['route add default via 10.20.0.1'],
    ...endpoint('192.0.2.10'),
  },
  { name: 'a name in /etc/hosts', hosts: '10.20.0.10 k8s.example.com\n', ...endpoint('k8s.example.com') },
  {
    name: 'a name that nobody knows',
    ...endpoint('office-cp1'),
    says: 'this host does not find office-cp1, by which nodes reach the API (name servers: 127.0.0.9 )',
  },
]

describe.concurrent.each(shells)('under %s', (shell) => {
  it.each(cases)('$name', async (given) => {
    const directory = mkdtempSync(join(tmpdir(), 'provision-reach-'))
    try {
      mkdirSync(join(directory, 'etc'))
      writeFileSync(join(directory, 'hosts'), `127.0.0.1 localhost\n${given.hosts ?? ''}`)
      writeFileSync(join(directory, 'resolv.conf'), 'nameserver 127.0.0.9\noptions timeout:1 attempts:1\n')
      const program = [
        loadPrelude('debian'),
        `mount --bind ${directory}/hosts /etc/hosts && mount --bind ${directory}/resolv.conf /etc/resolv.conf || exit 90`,
        'ip link set lo up && ip link add p0 type veth peer name p1 && ip link set p0 up && ip link set p1 up || exit 92',
        'ip addr add 10.20.0.11/16 dev p0 && ip addr add fd20::11/64 dev p0 nodad || exit 93',
        ...(given.routes ?? []).map((route) => `ip ${route} || exit 94`),
        // What makes a host a node, over an /etc that is this machine's.
        ...(given.node
          ? [
              `mount -t tmpfs none ${directory}/etc && mkdir ${directory}/etc/upper ${directory}/etc/work || exit 95`,
              `mount -t overlay none -o lowerdir=/etc,upperdir=${directory}/etc/upper,workdir=${directory}/etc/work /etc || exit 96`,
              'mkdir -p /etc/kubernetes && : >/etc/kubernetes/kubelet.conf',
            ]
          : []),
        ...(given.listens
          ? [
              `listen() { ${given.listens === 'late' ? 'sleep 1; ' : ''}timeout 30 busybox nc -l -p 6443; }`,
              'listen </dev/null >/dev/null 2>&1 &',
              ...(given.listens === 'late' ? [] : ['until port_open - 6443 2>/dev/null; do sleep 0.1; done']),
            ]
          : []),
        'set -eu',
        `if ${given.check}; then exit 0; fi`,
        `${given.trouble} >&2`,
        'exit 3',
      ].join('\n')
      writeFileSync(join(directory, 'program'), program)
      const call = ['-mnu', ...shell.split(' '), join(directory, 'program')]
      const ran = await promisify(execFile)('unshare', call, { cwd: directory, env: { PATH: process.env.PATH } }).then(
        ({ stderr }) => ({ code: 0, stderr }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
      )
      expect(ran).toEqual({
        code: given.says === undefined ? 0 : 3,
        stderr: given.says === undefined ? '' : expect.stringContaining(given.says),
      })
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
