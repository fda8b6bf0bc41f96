import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import type { RunEvent } from '../../src/events/run-event.ts'
import { contents, rebuild } from '../lab/contents.ts'
import { kubectl, on, start, type TestLab } from '../lab/harness.ts'

/** A moment of a rebuild: an event on the control plane, and how many seconds after it. */
type Point = readonly [what: string, status: string, seconds: number]

/** In their order. */
export const points: readonly Point[] = [
  // Already so: its API server is down.
  ['Nothing is written any more', 'ok', 0],
  ['Nothing is written any more', 'ok', 1],
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

/**
 * Kills a rebuild of a cluster whose API server is down, and expects the next call to finish it with all that the
 * cluster held, what is new since the last rebuild included.
 */
export async function killedAt(lab: TestLab, [what, status, seconds]: Point, round: string): Promise<void> {
  await kubectl(lab, `-n kept create configmap ${round} --from-literal=value=${round}`)
  await kubectl(lab, `-n kept label configmap ${round} test=kept`)
  const before = await contents(lab)
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
}

function matches(event: RunEvent, what: string, status: string): boolean {
  if (event.kind === 'transfer') return what === 'transfer' && event.direction === status
  return event.kind === 'task' && event.host === 'cp1' && event.title === what && event.status === status
}
