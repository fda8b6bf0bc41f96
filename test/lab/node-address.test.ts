import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectCode, freshLab, kubectl, on, provision, removeLab, results, type TestLab, variant } from './harness.ts'

// Two hosts with a second network on a link of its own: the nodes live there, and we come in by the first, where the default
// route is. About two minutes.

const second = { cp1: '10.9.0.11', w1: '10.9.0.21' } as const

let lab: TestLab
let inventory: string

beforeAll(async () => {
  lab = await freshLab({ hosts: 2, controlPlanes: 1, systems: ['debian-13'] })
  for (const [host, address] of Object.entries(second)) {
    await on(
      lab,
      host,
      `set -e; link=$(ip -4 route show default | sed 's/.* dev \\([^ ]*\\).*/\\1/'); ip link add node0 link "$link" type macvlan mode bridge; ip address add ${address}/24 dev node0; ip link set node0 up`,
    )
  }
  inventory = variant(lab, 'second-network', (all) => {
    if (all.hosts.cp1) all.hosts.cp1.node = { network: '10.9.0.0/24' }
    if (all.hosts.w1) all.hosts.w1.node = { interface: 'node0' }
  })
})
afterAll(removeLab)

test('a rule that fits no address is told with those there are', async () => {
  const wrong = variant(lab, 'wrong', (all) => {
    if (all.hosts.w1) all.hosts.w1.node = { interface: 'eth7' }
  })
  const ran = await provision(lab, ['plan'], { inventory: wrong })
  expect(ran.code).toBe(2)
  expect(ran.output).toMatch(/w1 has no address for interface eth7; it has \S+ [\d.]+, node0 10\.9\.0\.21/)
})

test('nodes have the addresses that the rules choose', async () => {
  expectCode(await provision(lab, [], { inventory }), 0)
  const addresses = await kubectl(
    lab,
    `get nodes -o jsonpath='{range .items[*]}{.metadata.name}={.status.addresses[?(@.type=="InternalIP")].address} {end}'`,
  )
  expect(addresses.trim().split(' ').sort()).toEqual(
    Object.entries(second).map(([host, address]) => `${host}=${address}`),
  )
  expect(await on(lab, 'w1', 'cat /etc/hosts')).toContain('10.9.0.11 cp1')
  expect(await on(lab, 'w1', 'cat /etc/kubernetes/kubelet.conf')).toContain('server: https://10.9.0.11:6443')
  expect(await on(lab, 'cp1', 'cat /etc/kubernetes/manifests/etcd.yaml')).toContain(
    '--listen-peer-urls=https://10.9.0.11:2380',
  )
})

test('a second run asks nobody for addresses again, and changes nothing', async () => {
  const kept = readFileSync(join(dirname(inventory), '.provision', lab.lab.name, 'node-addresses.json'), 'utf8')
  expect(JSON.parse(kept)).toMatchObject({ w1: { address: second.w1 } })
  const ran = await provision(lab, [], { inventory })
  const summary = expectCode(ran, 0)
  expect(results(ran, ['changed', 'failed'])).toEqual([])
  expect(summary.hosts.map((host) => host.connections)).toEqual([1, 1])
})

test('a node is itself under whatever host name a boot brings', async () => {
  await on(lab, 'w1', 'hostname ip-10-0-0-7; echo ip-10-0-0-7 >/etc/hostname; systemctl restart kubelet')
  await kubectl(lab, 'wait node/w1 --for=condition=Ready --timeout=60s')
  expect((await kubectl(lab, 'get nodes -o name')).trim().split('\n').sort()).toEqual(['node/cp1', 'node/w1'])
  const ran = await provision(lab, ['--limit', 'w1'], { inventory })
  expect(results(ran, ['changed', 'failed'])).toEqual(['w1: Host name'])
})

test('an address that has gone is noticed before anything else', async () => {
  await on(lab, 'w1', 'ip address del 10.9.0.21/24 dev node0')
  const ran = await provision(lab, ['plan', '--limit', 'w1'], { inventory })
  expect(results(ran, ['would-change', 'failed'])[0]).toBe('w1: Node address on this host')
  await on(lab, 'w1', 'ip address add 10.9.0.21/24 dev node0')
})
