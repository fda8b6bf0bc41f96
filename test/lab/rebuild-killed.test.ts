import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunEvent } from '../../src/events/run-event.ts'
import { contents, fill, rebuild, withPassphrase } from './contents.ts'
import { expectCode, freshLab, kubectl, on, provision, removeLab, start, type TestLab } from './harness.ts'

let lab: TestLab
let before: Readonly<Record<string, string>>

beforeAll(async () => {
  lab = await withPassphrase(await freshLab({ hosts: 1 }))
  expectCode(await provision(lab), 0)
  await fill(lab, 'cp1')
  before = await contents(lab)
})

afterAll(removeLab)

/** Moments of a rebuild, in their order: an event on the control plane, and how many seconds after it. */
const points: readonly (readonly [what: string, status: string, seconds: number])[] = [
  ['Nothing is written any more', 'start', 0],
  ['Nothing is written any more', 'changed', 0],
  ['An archive of what etcd holds', 'start', 0],
  ['An archive of what etcd holds', 'changed', 0],
  ['transfer', 'from', 0],
  ['The archive is whole', 'ok', 0],
  ['Restored into a scratch etcd', 'start', 0],
  ['Restored into a scratch etcd', 'changed', 0],
  ['transfer', 'to', 0],
  ['What is installed of Kubernetes is whole', 'ok', 0],
  ["CAs and etcd's data out of the archive", 'start', 0],
  ["CAs and etcd's data out of the archive", 'start', 1],
  ["CAs and etcd's data out of the archive", 'start', 3],
  ["CAs and etcd's data out of the archive", 'changed', 0],
  ['kubeadm init', 'start', 0],
  ['kubeadm init', 'start', 3],
  ['kubeadm init', 'start', 10],
  ['kubeadm init', 'changed', 0],
  ['Nodes, system pods, DNS, pod to pod, Services', 'start', 1],
  ['The archive and its keys are off the host', 'changed', 0],
]

/** A rebuild of a cluster whose API server is down; what is new since the last one is to be there after this one too. */
test.for(points)('killed at: %s: %s, and %s s', async ([what, status, seconds], { task }) => {
  const round = `round-${task.id.split('_').at(-1)}`
  await kubectl(lab, `-n kept create configmap ${round} --from-literal=value=${round}`)
  await kubectl(lab, `-n kept label configmap ${round} test=kept`)
  before = await contents(lab)
  await on(
    lab,
    'cp1',
    'mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; for i in $(seq 60); do pgrep -x kube-apiserver || break; sleep 1; done',
  )

  let killing: Promise<void> | undefined
  const onEvent = (event: RunEvent, running: { kill(signal: 'SIGKILL'): boolean }) => {
    if (killing !== undefined || !matches(event, what, status)) return
    killing = pause(seconds * 1000).then(() => void running.kill('SIGKILL'))
  }
  const killed = await start(lab, ['rebuild', '--yes'], { onEvent }).ended
  expect(killing, killed.output.slice(-3000)).toBeDefined()
  expect(killed.code).toBeUndefined()

  const next = await rebuild(lab, ['--yes'])
  expect(next.code, next.output.slice(-4000)).toBe(0)
  expect(next.output).toMatch(/Nothing lost: \d+ objects|The cluster is well/)
  expect(await contents(lab)).toEqual(before)
})

function matches(event: RunEvent, what: string, status: string): boolean {
  if (event.kind === 'transfer') return what === 'transfer' && event.direction === status
  return event.kind === 'task' && event.host === 'cp1' && event.title === what && event.status === status
}
