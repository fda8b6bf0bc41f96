import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutPower, powerOn, until, waitForSsh } from '../../lab/src/power.ts'
import { catalogue } from '../../src/catalogue/load.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  removeLab,
  results,
  summaryOf,
  type TestLab,
  variant,
} from './harness.ts'

// Two control planes, whose endpoint is the first of them, and a worker that leaves in every way there is.
let lab: TestLab

beforeAll(async () => {
  lab = await freshLab({ hosts: 3, controlPlanes: 2, systems: ['debian-13'] })
  expectCode(await provision(lab), 0)
})

afterAll(removeLab)

const pod = `containers: [{ name: one, image: "${catalogue.busybox.image}", command: [sleep, "86400"] }]`
const workload = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      ${pod}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web-stays }
spec:
  minAvailable: 2
  selector: { matchExpressions: [{ key: app, operator: In, values: [web, other] }] }
---
apiVersion: v1
kind: Pod
metadata: { name: alone }
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{ name: scratch, emptyDir: {} }]
  ${pod}
---
apiVersion: v1
kind: Pod
metadata: { name: held, finalizers: [example.com/never] }
spec:
  terminationGracePeriodSeconds: 0
  ${pod}
`

async function apply(yaml: string): Promise<void> {
  const encoded = Buffer.from(yaml).toString('base64')
  await on(lab, 'cp1', `echo ${encoded} | base64 -d | kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f -`)
}

function failureOf(log: readonly { readonly log: string }[]): string {
  return log.map((failure) => failure.log).join('\n')
}

describe('a worker', () => {
  test('with pods that cannot leave: says which and why, and nothing is lost', async () => {
    await apply(workload)
    await kubectl(lab, 'wait --for=condition=Ready pod --all --timeout 120s')
    await kubectl(lab, 'delete pod held --wait=false')

    const first = summaryOf(await provision(lab, ['remove', 'w1', '--yes', '--drain-timeout', '15s']))
    expect(first.exitCode).toBe(1)
    const told = failureOf(first.failures)
    expect(told).toMatch(/default\/alone: it has no controller.*--force.*emptyDir.*--delete-emptydir-data/)

    const words = ['remove', 'w1', '--yes', '--drain-timeout', '15s', '--force', '--delete-emptydir-data']
    const second = summaryOf(await provision(lab, words))
    expect(second.exitCode).toBe(1)
    const rest = failureOf(second.failures)
    expect(rest).toMatch(/default\/web-\S+: PodDisruptionBudget web-stays allows no disruption now/)
    expect(rest).toMatch(/default\/held: it has been ending since .*finalizer example.com\/never/)
    expect(rest).toContain('kubectl uncordon w1')
    expect(await kubectl(lab, 'get pods -l app=web --field-selector status.phase=Running -o name')).not.toBe('')
    expect(await kubectl(lab, 'get node w1 -o jsonpath={.spec.unschedulable}')).toBe('true')
    expect(await on(lab, 'w1', 'systemctl is-active kubelet')).toBe('active\n')
  })

  test('leaves once they can, and its host is fresh', async () => {
    await kubectl(lab, 'delete pdb web-stays')
    await kubectl(lab, `patch pod held --type merge -p '{"metadata":{"finalizers":null}}'`)
    const ran = await provision(lab, ['remove', 'w1', '--yes', '--force', '--delete-emptydir-data'])
    const summary = expectCode(ran, 0)
    expect(summary.scope).toEqual({ of: 3, contacted: 2, elsewhere: 0 })
    expect(await kubectl(lab, 'get nodes -o name')).toBe('node/cp1\nnode/cp2')
    expect(await kubectl(lab, '-n kube-node-lease get lease -o name')).not.toContain('w1')
    expect(await on(lab, 'w1', 'ls -A /etc/kubernetes /var/lib/kubelet/config.yaml 2>/dev/null || :')).toBe('')
    const again = await provision(lab, ['remove', 'w1', '--yes'])
    expectCode(again, 0)
  })

  test('is added again', async () => {
    expectCode(await provision(lab, ['add', 'w1']), 0)
    await kubectl(lab, 'wait --for=condition=Ready node/w1 --timeout 5s')
  })
})

describe('a host that is gone', () => {
  test('is not believed to be as long as its node is Ready', async () => {
    const summary = summaryOf(await provision(lab, ['remove', '--gone', 'w1', '--yes']))
    expect(failureOf(summary.failures)).toContain('w1 is Ready, so it is not gone')
    expect(await kubectl(lab, 'get node w1 -o name')).toBe('node/w1')
  })

  test('is removed without it', async () => {
    await cutPower(hostOf(lab, 'w1'))
    await kubectl(lab, 'wait --for=condition=Ready=Unknown node/w1 --timeout 180s')
    const summary = expectCode(await provision(lab, ['remove', '--gone', 'w1', '--yes']), 0)
    expect(summary.scope).toEqual({ of: 3, contacted: 1, elsewhere: 0 })
    expect(await kubectl(lab, 'get nodes -o name')).not.toContain('w1')
    expect(await kubectl(lab, 'get pods -A --field-selector spec.nodeName=w1 -o name')).toBe('')
    expect(await kubectl(lab, '-n kube-node-lease get lease -o name')).not.toContain('w1')
  })

  test('is refused by the cluster when it comes back, and provision says why', async () => {
    await powerOn(lab.lab, hostOf(lab, 'w1'))
    await waitForSsh(hostOf(lab, 'w1'))
    await until('the kubelet has been refused', async () => {
      const log = await on(lab, 'w1', 'journalctl -b -u kubelet --no-pager | grep "was removed on" | tail -n 1')
      return log.includes('reset its host and add it again')
    })
    expect(await kubectl(lab, 'get nodes -o name')).not.toContain('w1')
    const plan = summaryOf(await provision(lab, ['plan']))
    expect(plan.warnings.map((one) => one.message).join('\n')).toMatch(/^w1 was removed on [\d-]+,? and /m)
    for (const words of [[], ['add', 'w1']]) {
      const summary = summaryOf(await provision(lab, words))
      expect(summary.exitCode).toBe(1)
      expect(summary.seconds).toBeLessThan(120)
      expect(failureOf(summary.failures)).toMatch(/w1 was removed and is refused.*provision reset w1/)
    }
    expect(await kubectl(lab, 'get nodes -o name')).not.toContain('w1')
  })

  test('is welcome once it has been reset', async () => {
    expectCode(await provision(lab, ['reset', 'w1', '--yes']), 0)
    expectCode(await provision(lab, ['add', 'w1']), 0)
    await kubectl(lab, 'wait --for=condition=Ready node/w1 --timeout 5s')
    expect(await kubectl(lab, '-n kube-system get cm provision-removed-nodes -o jsonpath={.data}')).not.toContain('w1')
  })
})

describe('a control plane', () => {
  test('that the endpoint leads to is not removed', async () => {
    const ran = await provision(lab, ['remove', 'cp1', '--yes'])
    expect(ran.code).toBe(2)
    expect(ran.output).toContain('kubernetes.endpoint is the address of')
  })

  test('is not removed when etcd would lose its majority', async () => {
    await on(
      lab,
      'cp2',
      'mv /etc/kubernetes/manifests/etcd.yaml /root/; for i in $(seq 60); do pgrep -x etcd >/dev/null || exit 0; sleep 1; done; exit 1',
    )
    const summary = summaryOf(await provision(lab, ['remove', 'cp2', '--yes']))
    expect(summary.exitCode).toBe(1)
    // The kubelet starts a pod of the same manifest again only minutes after it has ended it.
    await on(
      lab,
      'cp2',
      'mv /root/etcd.yaml /etc/kubernetes/manifests/; for i in $(seq 300); do ! pgrep -x etcd >/dev/null || exit 0; sleep 1; done; exit 1',
    )
    await until('etcd is whole again', async () => (await members()).length === 2)
  })

  test('leaves with its member, and comes back with one, asking the other when its first does not answer', async () => {
    expectCode(await provision(lab, ['remove', 'cp2', '--yes', '--force', '--delete-emptydir-data']), 0)
    expect(await members()).toEqual(['cp1'])
    expect(await kubectl(lab, 'get nodes -o name')).toBe('node/cp1\nnode/w1')
    // As the first of an inventory it would make a cluster of its own.
    const turned = variant(lab, 'turned', (changed) => {
      const { cp2, ...others } = changed.hosts
      changed.hosts = { cp2: cp2 as Record<string, unknown>, ...others }
    })
    const whole = await provision(lab, [], { inventory: turned })
    expect(whole.code).toBe(1)
    expect(results(whole, ['failed'])).toEqual(['cp2: No second cluster'])
    expect(failureOf(summaryOf(whole).failures)).toContain('cp1 holds a cluster already')
    expectCode(await provision(lab, ['add', 'cp2']), 0)
    expect(await members()).toEqual(['cp1', 'cp2'])
    await on(lab, 'cp1', 'systemctl stop ssh.socket ssh.service')
    const ran = await provision(lab, ['--timeout', '5s', 'add', 'w1'])
    await on(lab, 'cp1', 'systemctl start ssh.service')
    expectCode(ran, 0)
    expect(ran.events.filter((event) => event.kind === 'run-started').map((event) => event.hosts)).toEqual([
      ['cp1', 'w1'],
      ['cp2', 'w1'],
    ])
  })
})

async function members(): Promise<string[]> {
  const list = await on(
    lab,
    'cp1',
    `/var/lib/provision/etcd/etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt \
      --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key member list || :`,
  )
  return list
    .split('\n')
    .flatMap((line) => line.split(', ')[2] ?? [])
    .sort()
}
