import { readFileSync } from 'node:fs'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { insideOrFail } from '../../lab/src/power.ts'
import { containersOn, contents, fill, rebuild, withPassphrase } from './contents.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  type Ran,
  reinstall,
  removeLab,
  stateDirectory,
  type TestLab,
} from './harness.ts'

const expire = readFileSync(new URL('expire.sh', import.meta.url), 'utf8')

let lab: TestLab
let before: Readonly<Record<string, string>>

beforeAll(async () => {
  lab = await withPassphrase(await freshLab({ hosts: 2 }))
  expectCode(await provision(lab), 0)
  await fill(lab, 'w1')
  before = await contents(lab)
  expect(Object.keys(before).length).toBeGreaterThan(2020)
})

afterAll(removeLab)

/** What somebody or something did to a cluster, and how it is found. `keeps`: pods of the worker run on. */
const breakages: readonly {
  readonly name: string
  readonly keeps: boolean
  readonly found: RegExp
  readonly by: () => Promise<unknown>
}[] = [
  {
    name: 'the API server is down, etcd lives',
    keeps: true,
    found: /the API server is not running/,
    by: async () => {
      await on(
        lab,
        'cp1',
        'rm /etc/kubernetes/pki/apiserver.key; sed -i s/--etcd-servers=/--etcd-slaves=/ /etc/kubernetes/manifests/kube-apiserver.yaml',
      )
      await gone('kube-apiserver')
    },
  },
  {
    name: 'etcd does not start any more, its data is there',
    keeps: true,
    found: /etcd is not running; its data exists/,
    by: async () => {
      await on(lab, 'cp1', 'sed -i s/--data-dir=/--no-such-option=/ /etc/kubernetes/manifests/etcd.yaml')
      await gone('etcd')
    },
  },
  {
    name: 'certificates have expired',
    keeps: true,
    found: /certificates have expired, the first on/,
    by: async () => {
      await insideOrFail(hostOf(lab, 'cp1'), 'sh', '-c', expire, 'expire', '3')
      await expireWorker()
      await on(lab, 'cp1', 'systemctl restart kubelet; pkill -x kube-apiserver; pkill -x etcd; sleep 5')
    },
  },
  {
    name: 'packages are mangled',
    keeps: true,
    found: /its files are not as they came|not installed|does not run/,
    by: async () => {
      await on(
        lab,
        'cp1',
        'rm /usr/bin/kubelet; : >/usr/bin/kubeadm; truncate -s 1000 /usr/bin/containerd; pkill -x kubelet; pkill -x containerd; sleep 2',
      )
      await on(lab, 'w1', 'rm /usr/bin/kubelet; pkill -x kubelet; sleep 1')
    },
  },
  {
    name: 'the disk of the control plane is gone, a backup is at hand',
    keeps: true,
    found: /no control plane installed/,
    by: async () => {
      expectCode(await provision(lab, ['backup']), 0)
      await reinstall(lab, 'cp1')
      // Its host keys are new with it: the operator vouches for them.
      const known = join(stateDirectory(lab.inventory), 'known_hosts')
      const lines = readFileSync(known, 'utf8').split('\n')
      await writeFile(known, lines.filter((line) => !line.includes(hostOf(lab, 'cp1').address)).join('\n'))
    },
  },
]

describe('a cluster is as it was after', () => {
  test.for(breakages)('$name', async ({ by, found, keeps }) => {
    const ran = await containersOn(lab, 'w1')
    await by()
    const rebuilt = await rebuild(lab, ['--yes'])
    expect(rebuilt.output).toMatch(found)
    await isAsBefore(rebuilt)
    if (keeps) expect(await containersOn(lab, 'w1')).toBe(ran)
    const again = await provision(lab, ['rebuild'])
    expect(again.output).toContain('The cluster is healthy')
    expect(again.code).toBe(0)
  })
})

/** The last one: nothing of the cluster of before is left, but etcd's data on its host. */
test('nothing is worth keeping: a new and empty cluster', async () => {
  await on(lab, 'cp1', 'rm -r /etc/kubernetes/pki; pkill -x etcd; pkill -x kube-apiserver; :')
  const refused = await provision(lab, ['rebuild', '--empty'])
  expect(refused.code).toBe(2)
  expect(refused.output).toContain('--yes')
  const rebuilt = await rebuild(lab, ['--empty', '--yes'])
  expect(rebuilt.code, rebuilt.output.slice(-4000)).toBe(0)
  expect(await kubectl(lab, 'get namespaces -o name')).not.toContain('kept')
  expect(await on(lab, 'cp1', 'ls /var/lib/provision-saved-*/member')).toContain('snap')
  const nodes = await kubectl(lab, 'get nodes --no-headers -o custom-columns=N:.metadata.name')
  expect(nodes.split('\n')).toEqual(['cp1', 'w1'])
})

/** Nothing lost, by count in the command's own words and by value in ours; nodes Ready; nothing left to go on with. */
async function isAsBefore(rebuilt: Ran): Promise<void> {
  expect(rebuilt.code, rebuilt.output.slice(-4000)).toBe(0)
  expect(rebuilt.output).toMatch(/Nothing lost: \d+ objects/)
  expect(await contents(lab)).toEqual(before)
  const nodes = await kubectl(
    lab,
    `get nodes --no-headers -o custom-columns=N:.metadata.name,R:'.status.conditions[?(@.type=="Ready")].status'`,
  )
  expect(nodes.split('\n').map((line) => line.split(/\s+/).join(' '))).toEqual(
    lab.lab.hosts.map(({ name }) => `${name} True`),
  )
  expect(await readdir(join(stateDirectory(lab.inventory), 'rebuild')).catch(() => [])).not.toContain('state.json')
}

/** Waits until no process of that name is left on the control plane, and none comes back. */
async function gone(name: string): Promise<void> {
  await on(
    lab,
    'cp1',
    `for i in $(seq 60); do pgrep -x ${name} >/dev/null || break; sleep 1; done; sleep 2; ! pgrep -x ${name}`,
  )
}

/** The worker's kubelet as if it had been off for a year: with the CA of the control plane, which the worker has not. */
async function expireWorker(): Promise<void> {
  const pki = await on(lab, 'cp1', 'tar -C /etc/kubernetes/pki -cf - ca.crt ca.key | base64')
  await on(lab, 'w1', `mkdir -p /root/cas; base64 -d <<'END' | tar -x -C /root/cas\n${pki}END`)
  await insideOrFail(
    hostOf(lab, 'w1'),
    'env',
    'CAS=/root/cas',
    'sh',
    '-c',
    expire,
    'expire',
    '3',
    '/var/lib/kubelet/pki/kubelet-client-current.pem',
  )
  await on(lab, 'w1', 'rm -r /root/cas; systemctl restart kubelet')
}
