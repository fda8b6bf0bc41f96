import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { ask } from '../../lab/src/program.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  type TestLab,
  writePlaybook,
} from '../lab/harness.ts'
import { siteRules } from '../lab/site-rules.ts'

// Real firewalld, real ufw, and rules of nf_tables that drop by policy, each on a host of one cluster, and each on the
// control plane once. About four minutes an arrangement where nothing else runs, seven to fourteen on a busy machine. PROVISION_TEST_FIREWALL names one, by what its control plane has.

type Firewall = 'firewalld' | 'ufw' | 'rules'
const hosts = ['cp1', 'w1', 'w2'] as const
const arrangements: readonly (readonly [Firewall, Firewall, Firewall])[] = [
  ['firewalld', 'ufw', 'rules'],
  ['rules', 'firewalld', 'ufw'],
  ['ufw', 'rules', 'firewalld'],
]
const wanted = process.env.PROVISION_TEST_FIREWALL

let lab: TestLab
afterAll(removeLab)

/** What the site had before us: ssh, and a service of its own on port 8123. */
const install: Readonly<Record<Firewall, string>> = {
  firewalld: `apt-get -q -y --no-install-recommends install firewalld
    firewall-cmd --permanent --add-port=8123/tcp; firewall-cmd --permanent --new-zone=site
    firewall-cmd --permanent --zone=site --add-source=192.0.2.0/24; firewall-cmd --reload`,
  ufw: `apt-get -q -y --no-install-recommends install ufw
    ufw allow 22/tcp; ufw allow 8123/tcp comment "of the site"; ufw --force enable`,
  rules: 'apt-get -q -y --no-install-recommends install nftables; nft -f /etc/site.nft',
}

/** All that is the site's own, in the firewall's words and in its files. */
const asked: Readonly<Record<Firewall, string>> = {
  firewalld: `firewall-cmd --list-all-zones | sed '/interfaces:/d'; firewall-cmd --permanent --list-all-zones
    firewall-cmd --list-all-policies; firewall-cmd --permanent --list-all-policies; firewall-cmd --get-ipsets
    firewall-cmd --permanent --get-ipsets; find /etc/firewalld -type f | sort | xargs sha256sum; systemctl is-enabled firewalld`,
  ufw: 'ufw show added; ufw status verbose; find /etc/ufw -type f | sort | xargs sha256sum',
  rules: 'nft -s list table inet site',
}

async function prepare(host: string, firewall: Firewall): Promise<void> {
  const inventory = loadInventory(lab.inventory)
  const own = inventory.hosts.find((each) => each.name === host)
  if (own === undefined) throw new Error(host)
  await on(lab, host, `cat >/etc/site.nft <<'END'\n${siteRules(inventory, own)}END\n`)
  await on(lab, host, `exec </dev/null >/dev/null 2>&1; set -e; apt-get -q update; ${install[firewall]}`)
}

/** Whether a connection from one host to a port of another comes about. */
function reaches(from: string, to: string, port: number): Promise<boolean> {
  const address = hostOf(lab, to).address
  return on(
    lab,
    from,
    `timeout 3 bash -c 'exec 3<>/dev/tcp/${address}/${port}' 2>/dev/null && echo yes || echo no`,
  ).then((said) => said.trim() === 'yes')
}

const chosen = arrangements.filter(([first]) => wanted === undefined || wanted === first)
describe.each(chosen)('control plane behind %s, workers behind %s and %s', (...firewalls) => {
  const pairs = hosts.map((host, index) => [host, firewalls[index] as Firewall] as const)
  const before = new Map<string, string>()
  let first: Ran

  beforeAll(async () => {
    lab = await freshLab({ hosts: 3, controlPlanes: 1, systems: ['debian-13'] })
    await Promise.all(pairs.map(([host, firewall]) => prepare(host, firewall)))
    for (const [host, firewall] of pairs) before.set(host, await on(lab, host, asked[firewall]))
  })

  test('a cluster comes up and is proven', async () => {
    first = await provision(lab)
    expectCode(first, 0)
    const opened = pairs
      .filter(([, firewall]) => firewall !== 'rules')
      .map(([host]) => `${host}: Firewall open for node traffic`)
    expect(results(first, ['changed']).filter((each) => each.includes('firewall'))).toEqual(opened)
    const told = first.events.filter((event) => event.kind === 'notice').map((event) => JSON.stringify(event))
    expect(
      told.some((each) => each.includes('inet site input') && each.includes('tcp 10250 from nodes and pods')),
    ).toBe(true)
  })

  test('pods are reached through NodePorts of every host, from outside', async () => {
    await kubectl(
      lab,
      'create deployment web --image=docker.io/library/busybox:1.37 --replicas=3 -- sh -c "mkdir /w; echo served >/w/index.html; httpd -f -p 8080 -h /w"',
    )
    await kubectl(lab, 'create service nodeport web --tcp=80:8080 --node-port=30123')
    await kubectl(lab, 'rollout status deployment web --timeout=120s')
    for (const host of hosts) {
      const url = `http://${hostOf(lab, host).address}:30123/`
      // kube-proxy takes a moment to write rules for pods that have just become Ready.
      await vi.waitUntil(async () => (await ask`curl -s -m 5 ${url}`).stdout !== '', { timeout: 30_000, interval: 500 })
      for (let count = 0; count < 6; count += 1)
        expect((await ask`curl -s -m 5 ${url}`).stdout, `${host} ${count}`).toBe('served\n')
    }
  })

  test('what the table does not list stays shut', async () => {
    expect(await reaches('w2', 'cp1', 6443)).toBe(true)
    expect(await reaches('cp1', 'w1', 10250)).toBe(true)
    expect(await reaches('w1', 'cp1', 2379), 'etcd, from a worker').toBe(false)
    for (const [host] of pairs) {
      await on(lab, host, 'systemd-run -q --unit=stray socat TCP-LISTEN:8124,fork,reuseaddr /dev/null; sleep 0.5')
      const from = host === 'cp1' ? 'w1' : 'cp1'
      expect(await reaches(host, host, 8124), `${host} listens`).toBe(true)
      expect(await reaches(from, host, 8124), `${host} from ${from}`).toBe(false)
      await on(lab, host, 'systemctl stop stray')
    }
  })

  test('a second run changes nothing, with one exec a host', async () => {
    const ran = await provision(lab)
    const summary = expectCode(ran, 0)
    expect(results(ran, ['changed', 'failed'])).toEqual([])
    expect(summary.hosts.map((host) => host.connections)).toEqual([1, 1, 1])
  })

  test('rules of others are as they were, beside ours', async () => {
    for (const [host, firewall] of pairs) {
      const now = new Set((await on(lab, host, asked[firewall])).split('\n'))
      const lost = (before.get(host) ?? '')
        .split('\n')
        .filter((line) => !now.has(line) && !/^([0-9a-f]{64} |Default: )/.test(line)) // ufw calls forwarding by its present state
      expect(lost, host).toEqual([])
    }
  })

  test('reset takes away ours alone', async () => {
    expectCode(await provision(lab, ['reset', '--yes', '--packages']), 0)
    for (const [host, firewall] of pairs) expect(await on(lab, host, asked[firewall]), host).toBe(before.get(host))
  })

  test('is turned off only when told to be, and on again by reset', async () => {
    const file = await writePlaybook(lab, 'off.yaml', [
      'name: No firewall',
      'firewall: { mode: "off", sources: { nodes: [], control-planes: [], pods: [] }, openings: [] }',
    ])
    const ran = await provision(lab, ['run', file])
    expectCode(ran, 0)
    expect(results(ran, ['changed'])).toEqual(
      pairs.filter(([, firewall]) => firewall !== 'rules').map(([host]) => `${host}: No firewall`),
    )
    const state: Readonly<Record<Firewall, string>> = {
      firewalld: 'systemctl is-active firewalld || :',
      ufw: 'ufw status',
      rules: 'nft list table inet site >/dev/null && echo kept',
    }
    const wantedState: Readonly<Record<Firewall, string>> = {
      firewalld: 'inactive',
      ufw: 'Status: inactive',
      rules: 'kept',
    }
    for (const [host, firewall] of pairs)
      expect((await on(lab, host, state[firewall])).trim()).toBe(wantedState[firewall])
    expectCode(await provision(lab, ['reset', '--yes']), 0)
    for (const [host, firewall] of pairs) expect(await on(lab, host, asked[firewall]), host).toBe(before.get(host))
  })
})
