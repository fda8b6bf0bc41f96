import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  eventually,
  expectCode,
  freshLab,
  type Inventory,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  summaryOf,
  type TestLab,
  variant,
} from '../lab/harness.ts'

/**
 * What a run would wait for in vain, with the host's own programs: a unit that systemd skips, pods that the kubelet turns
 * away, a kubelet that ends itself at every start, a node without room on its disk. Each is given up before its time is over, so
 * its message names no limit, and with the true reason; once that is gone the same command goes through. Takes 6 minutes.
 */
let lab: TestLab
/** Without w1, which comes later. */
let alone: string

beforeAll(async () => {
  lab = await freshLab({ hosts: 2, systems: ['debian-13', 'debian-13'] })
  alone = altered('alone', () => {})
})
afterAll(removeLab)

/** The inventory of cp1, with other settings of Kubernetes. */
function altered(name: string, change: (kubernetes: Record<string, unknown>) => void, hosts = ['cp1']): string {
  return variant(lab, name, (inventory: Inventory) => {
    for (const host of Object.keys(inventory.hosts)) if (!hosts.includes(host)) delete inventory.hosts[host]
    change(inventory.kubernetes as Record<string, unknown>)
  })
}

/** Lines of a unit's file that an operator adds. */
async function dropIn(host: string, unit: string, lines: readonly string[]): Promise<void> {
  const directory = `/etc/systemd/system/${unit}.d`
  const text = lines.map((line) => `'${line}'`).join(' ')
  await on(
    lab,
    host,
    `mkdir -p ${directory} && printf '%s\\n' ${text} >${directory}/zz-site.conf && systemctl daemon-reload`,
  )
}
async function removeDropIn(host: string, unit: string): Promise<void> {
  await on(lab, host, `rm -r /etc/systemd/system/${unit}.d/zz-site.conf && systemctl daemon-reload`)
}

/** The one failure of a run that has failed: its task, and its log without an end by a deadline. */
function failureOf(ran: Ran): { readonly title: string; readonly log: string } {
  expect(ran.code).toBe(1)
  const [failure, ...more] = summaryOf(ran).failures
  expect(more.map(({ title }) => title)).toEqual([])
  const { title = '', log = '' } = failure ?? {}
  console.log(`${title}:\n${log}`)
  expect(log).not.toMatch(/timeouts\.ready|context deadline exceeded|timed out waiting/)
  return { title, log }
}

describe('a control plane', () => {
  test('a unit whose condition does not hold', async () => {
    await dropIn('cp1', 'chrony.service', ['[Unit]', 'ConditionPathExists=/srv/only-elsewhere'])
    const { title, log } = failureOf(await provision(lab, [], { inventory: alone }))
    expect(title).toBe('Time synchronisation running')
    expect(log).toMatch(
      /systemd does not start chrony\.service on this host: ConditionPathExists=\/srv\/only-elsewhere/,
    )
    await removeDropIn('cp1', 'chrony.service')
  })

  test('pods that the kubelet turns away', async () => {
    const few = altered('few', (kubernetes) => {
      kubernetes.kubelet = { ...(kubernetes.kubelet as object), maxPods: 2 }
    })
    const { title, log } = failureOf(await provision(lab, [], { inventory: few }))
    expect(title).toBe('kubeadm init')
    expect(log).toMatch(/the kubelet turns kube-system\/\S+ away \(\w+\): .*pods/)
  })

  test('is made once they are taken', async () => {
    expectCode(await provision(lab, [], { inventory: alone }), 0)
  })
})

describe('a worker', () => {
  test('a kubelet that ends itself at every start', async () => {
    const start =
      'ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS --no-such-flag'
    await dropIn('w1', 'kubelet.service', ['[Service]', 'ExecStart=', start])
    const { title, log } = failureOf(await provision(lab, ['add', 'w1']))
    expect(title).toBe('kubeadm join')
    expect(log).toMatch(/the kubelet has ended by itself, \d+ times: .*unknown flag: --no-such-flag/)
    await removeDropIn('w1', 'kubelet.service')
  })

  test('a node without room on its disk', async () => {
    const full = altered(
      'full',
      (kubernetes) => {
        kubernetes.evictionHard = { 'nodefs.available': '99%' }
      },
      ['cp1', 'w1'],
    )
    // It may be proven before its kubelet has looked at the disk.
    await provision(lab, ['add', 'w1'], { inventory: full })
    const pressure = `get node w1 -o jsonpath='{.status.conditions[?(@.type=="DiskPressure")].status}'`
    await eventually('w1 has DiskPressure', async () => (await kubectl(lab, pressure)) === 'True')
    const { title, log } = failureOf(await provision(lab, [], { inventory: full }))
    expect(title).toBe('Nodes, pods, DNS and Services')
    expect(log).toMatch(/^node w1 has DiskPressure: /m)
    expect(log).toMatch(/^after \d+ s: (the probe does not run on: .*w1|not Ready at)/m)
  })

  test('is proven once it has room', async () => {
    expectCode(await provision(lab), 0)
  })
})
