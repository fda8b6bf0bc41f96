import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../src/events/run-event.ts'
import { cutPower, powerOn, until, waitForSsh } from '../../src/lab/power.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  start,
  type TestLab,
} from './harness.ts'

let lab: TestLab

beforeEach(async () => {
  lab = await freshLab({ hosts: 2 })
})

afterAll(removeLab)

/** Moments of a whole run, in their order: the start of a change on a host. */
const moments: readonly (readonly [host: string, title: string])[] = [
  ['cp1', 'containerd'],
  ['w1', 'kubeadm, kubelet and kubectl'], // while images are pulled
  ['cp1', 'kubeadm init'],
  ['w1', 'kubeadm join'],
  ['cp1', 'Nodes, system pods, DNS, pod to pod, Services'],
]

describe('a controller killed', () => {
  test.for(moments)('at the start of: %s: %s', async ([host, title]) => {
    const killed = await interrupted(host, title, (running) => void running.kill('SIGKILL'))
    expect(killed.code).toBeUndefined()
    await convergesFromHere()
  })
})

describe('kubeadm cut short', () => {
  test('by being killed, in init and then in join', async () => {
    const init = await interrupted('cp1', 'kubeadm init', () => halfWay('cp1', 'pkill -KILL -x kubeadm'))
    expectCode(init, 1)
    expect(results(init, ['failed'])).toEqual(['cp1: kubeadm init'])
    const join = await interrupted('w1', 'kubeadm join', () => halfWay('w1', 'pkill -KILL -x kubeadm'))
    expectCode(join, 1)
    expect(results(join, ['failed'])).toEqual(['w1: kubeadm join'])
    await convergesFromHere()
  })

  test('by a power cut', async () => {
    await interrupted('cp1', 'kubeadm init', async (running) => {
      await halfWay('cp1', ':')
      running.kill('SIGKILL')
      await cutPower(hostOf(lab, 'cp1'))
    })
    await powerOn(lab.lab, hostOf(lab, 'cp1'))
    await waitForSsh(hostOf(lab, 'cp1'))
    await convergesFromHere()
  })
})

/** What kubeadm writes half-way. */
const written: Record<string, string> = {
  cp1: '/etc/kubernetes/manifests/kube-apiserver.yaml',
  w1: '/etc/kubernetes/bootstrap-kubelet.conf',
}

/** Starts a run, does something to it when a change begins, and waits for its end. */
async function interrupted(
  host: string,
  title: string,
  act: (running: { kill(signal: 'SIGKILL'): boolean }) => void | Promise<void>,
): Promise<Ran> {
  let acting: Promise<void> | undefined
  const onEvent = (event: RunEvent, running: { kill(signal: 'SIGKILL'): boolean }) => {
    if (event.kind !== 'task' || event.host !== host || event.title !== title || event.status !== 'start') return
    acting = Promise.resolve(act(running))
  }
  const ran = await start(lab, [], { onEvent }).ended
  expect(acting, `${host}: ${title} began:\n${ran.output.slice(-2000)}`).toBeDefined()
  await acting
  return ran
}

/** Waits until kubeadm has done about half of its work, and does something on the host. */
async function halfWay(host: string, script: string): Promise<void> {
  const found = `test -e ${written[host]} && pgrep -x kubeadm >/dev/null`
  await until(
    `kubeadm is half-way on ${host}`,
    async () => (await on(lab, host, `${found} && echo yes || :`)) === 'yes\n',
  )
  await on(lab, host, script)
}

/** No manual step: the same command again makes the cluster, and once more finds nothing to do. */
async function convergesFromHere(): Promise<void> {
  expectCode(await provision(lab), 0)
  const again = await provision(lab)
  expectCode(again, 0)
  expect(results(again, ['changed'])).toEqual([])
}
