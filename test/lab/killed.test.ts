import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { cutPower, powerOn, until, waitForSsh } from '../../lab/src/power.ts'
import { expectCode, freshLab, hostOf, on, removeLab, results, type TestLab } from './harness.ts'
import { convergesFromHere, interrupted, moments } from './interrupted.ts'

let lab: TestLab

beforeEach(async () => {
  lab = await freshLab({ hosts: 2 })
})

afterAll(removeLab)

describe('a controller killed', () => {
  // Two moments; `test/run endurance` has them all, since each takes a cluster of its own.
  test.for(moments.filter((_, index) => index % 2 === 1))('at the start of: %s: %s', async ([host, title]) => {
    const killed = await interrupted(lab, host, title, (running) => void running.kill('SIGKILL'))
    expect(killed.code).toBeUndefined()
    await convergesFromHere(lab)
  })
})

describe('kubeadm cut short', () => {
  test('by being killed, in init and then in join', async () => {
    const init = await interrupted(lab, 'cp1', 'kubeadm init', () => halfWay('cp1', 'pkill -KILL -x kubeadm'))
    expectCode(init, 1)
    expect(results(init, ['failed'])).toEqual(['cp1: kubeadm init'])
    const join = await interrupted(lab, 'w1', 'kubeadm join', () => halfWay('w1', 'pkill -KILL -x kubeadm'))
    expectCode(join, 1)
    expect(results(join, ['failed'])).toEqual(['w1: kubeadm join'])
    await convergesFromHere(lab)
  })

  test('by a power cut', async () => {
    await interrupted(lab, 'cp1', 'kubeadm init', async (running) => {
      await halfWay('cp1', ':')
      running.kill('SIGKILL')
      await cutPower(hostOf(lab, 'cp1'))
    })
    await powerOn(lab.lab, hostOf(lab, 'cp1'))
    await waitForSsh(hostOf(lab, 'cp1'))
    await convergesFromHere(lab)
  })
})

/** What kubeadm writes half-way. */
const written: Record<string, string> = {
  cp1: '/etc/kubernetes/manifests/kube-apiserver.yaml',
  w1: '/etc/kubernetes/bootstrap-kubelet.conf',
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
