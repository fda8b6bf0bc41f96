import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutPower, powerOn, until, waitForSsh } from '../../lab/src/power.ts'
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
  summaryOf,
  type TestLab,
  variant,
} from './harness.ts'
import { differences, snapshot } from './snapshot.ts'

// A cluster of three to which a fourth host comes, goes, and comes again.
let lab: TestLab
let without: string
let inventory: string

beforeAll(async () => {
  const fresh = await freshLab({ hosts: 4 })
  const inventoryOfAll = variant(fresh, 'all', ({ kubernetes }) => {
    Object.assign(kubernetes as object, { podSubnet: '10.244.0.0/14' }) // a /24 for each of 1,000 nodes
  })
  lab = { ...fresh, inventory: inventoryOfAll }
  without = variant(lab, 'without', ({ hosts }) => {
    delete hosts.w3
  })
  inventory = variant(lab, 'with', ({ hosts }) => {
    Object.assign(hosts.w3 as object, { labels: { disk: 'ssd' }, taints: ['gpu=true:NoSchedule'] })
  })
  expectCode(await provision(lab, [], { inventory: without }), 0)
})

afterAll(removeLab)

/** What changes on a node by itself, or because the cluster's own programs take note of a new node. */
const ownWork: readonly (readonly [RegExp, string])[] = [
  [/^(tree|content) \/var\/log\/(pods|containers|journal)/, 'pods and daemons log'],
  [/^(tree|content) \/var\/lib\/kubelet\/pods\/[^ ]*volumes\/kubernetes\.io~projected/, 'the kubelet renews tokens'],
  [/^(tree|content) \/var\/lib\/(chrony|docker\/containers)/, 'chrony notes its drift; docker its containers'],
  [/^(route|firewall|nft|link|rule|ipset|mount) /, 'the network leads to pods of the new node'],
  [/^tree \/(run|tmp)/, 'not on a disk'],
]

const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'

async function state(host: string): Promise<{ whole: Awaited<ReturnType<typeof snapshot>>; containers: string }> {
  const containers = await on(lab, host, 'ctr -n k8s.io tasks ls | sort; docker ps -q --no-trunc | sort')
  return { whole: await snapshot(lab, host), containers }
}

function contacted(ran: Ran): string[] {
  const names = ran.events.flatMap((event) =>
    event.kind === 'host-state' && event.state === 'connecting' ? [event.host] : [],
  )
  return [...new Set(names)].sort()
}

describe('a host that is added', () => {
  test('is Ready, labelled and tainted, and nobody else has noticed', async () => {
    // What proved the cluster is still on its way out; last of all containerd removes the files of its containers.
    await kubectl(lab, 'wait --for=delete namespace/provision-verify --timeout 60s || :')
    const idle = `test "$(ctr -n k8s.io containers ls -q | wc -l)" = "$(ctr -n k8s.io tasks ls -q | wc -l)" &&
      test "$(ctr -n k8s.io snapshots ls | tail -n +2 | wc -l)" = "$(ls ${snapshots} | wc -l)" && echo idle || :`
    for (const host of ['w1', 'w2']) {
      await until(`only what runs is left on ${host}`, async () => (await on(lab, host, idle)) === 'idle\n')
    }
    const before = await Promise.all([state('w1'), state('w2')])
    const ran = await provision(lab, ['add', 'w3'], { inventory })
    const summary = expectCode(ran, 0)
    const after = await Promise.all([state('w1'), state('w2')])

    expect(contacted(ran)).toEqual(['cp1', 'w3'])
    expect(summary.scope).toEqual({ of: 4, contacted: 2, elsewhere: 0 })
    expect(summary.hosts.map((host) => [host.connections, host.execs])).toEqual([
      [1, 1],
      [1, 1],
    ])
    const node = JSON.parse(await kubectl(lab, 'get node w3 -o json'))
    expect(node.metadata.labels).toMatchObject({ disk: 'ssd', 'node-role.kubernetes.io/worker': '' })
    expect(node.spec.taints).toEqual([{ key: 'gpu', value: 'true', effect: 'NoSchedule' }])
    expect(node.status.conditions.find((each: { type: string }) => each.type === 'Ready').status).toBe('True')
    for (const [index, was] of before.entries()) {
      const is = after[index] as typeof was
      expect(is.containers).toBe(was.containers)
      expect(differences(was.whole, is.whole).filter((line) => !ownWork.some(([own]) => own.test(line)))).toEqual([])
    }
    // What the control plane did is what a new node is to it.
    expect(results(ran, ['changed']).filter((task) => task.startsWith('cp1'))).toEqual([
      'cp1: Join token',
      'cp1: Labels of new nodes',
      'cp1: New nodes Ready and connected',
      'cp1: Taints of new nodes',
    ])
  })

  test('added once more: nothing to do', async () => {
    const again = await provision(lab, ['add', 'w3'], { inventory })
    expectCode(again, 0)
    expect(results(again, ['changed'])).toEqual([])
  })

  test('a whole run teaches the others its name, and the next finds nothing to do', async () => {
    const whole = await provision(lab, [], { inventory })
    expectCode(whole, 0)
    expect(results(whole, ['changed'])).toEqual([
      'cp1: Node names in /etc/hosts',
      'cp1: Nodes, pods, DNS and Services',
      'w1: Node names in /etc/hosts',
      'w2: Node names in /etc/hosts',
    ])
    expect(results(await provision(lab, [], { inventory }), ['changed'])).toEqual([])
  })
})

describe('one whose line is taken out of the inventory', () => {
  test('is pointed out and left alone', async () => {
    for (const words of [['plan'], []]) {
      const ran = await provision(lab, words, { inventory: without })
      const told = summaryOf(ran).warnings.map((warning) => warning.message)
      expect(told).toContainEqual(expect.stringMatching(/^node w3 is in the cluster and not in the inventory/))
    }
    expect(await kubectl(lab, 'get node w3 -o name')).toBe('node/w3')
  })
})

describe('added again', () => {
  test('after its removal, to an inventory of 1,000, while another host is off', async () => {
    expectCode(await provision(lab, ['remove', 'w3', '--yes'], { inventory }), 0)
    expect(await kubectl(lab, 'get nodes -o name')).not.toContain('w3')
    const many = variant(lab, 'many', ({ hosts }) => {
      for (let index = 5; index <= 1000; index++) {
        hosts[`n${index}`] = { address: `10.250.${Math.floor(index / 250)}.${(index % 250) + 1}`, role: 'worker' }
      }
    })
    await cutPower(hostOf(lab, 'w2'))
    const ran = await provision(lab, ['add', 'w3'], { inventory: many })
    expect(expectCode(ran, 0).scope).toEqual({ of: 1000, contacted: 2, elsewhere: 0 })
    expect(contacted(ran)).toEqual(['cp1', 'w3'])
    expect(await kubectl(lab, 'wait --for=condition=Ready node/w3 --timeout 5s')).toContain('condition met')
    await powerOn(lab.lab, hostOf(lab, 'w2'))
    await waitForSsh(hostOf(lab, 'w2'))
  })
})

describe('refused before anybody is contacted', () => {
  test.for([
    [['add', 'w9'], /host w9 is not in the inventory/],
    [['add', 'cp1'], /no control plane is reachable/],
    [['add', 'w1', '--limit', 'w1'], /--limit cannot be used with add/],
    [['remove', 'w9', '--yes'], /host w9 is not in the inventory[\s\S]*--gone/],
    [['remove', 'cp1', '--yes'], /no control plane would remain/],
    [['remove', 'w1'], /--yes/],
  ] as const)('%s', async ([words, reason]) => {
    const ran = await provision(lab, words, { inventory })
    expect(ran.code).toBe(2)
    expect(ran.output).toMatch(reason)
    expect(contacted(ran)).toEqual([])
  })
})
