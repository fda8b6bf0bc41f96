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
  ['Writes stopped', 'ok', 0],
  ['Writes stopped', 'ok', 1],
  ['Archive of etcd data', 'start', 0],
  ['Archive of etcd data', 'changed', 0],
  ['transfer', 'from', 0],
  ['Archive complete', 'ok', 0],
  ['Archive restored into scratch etcd', 'start', 0],
  ['Archive restored into scratch etcd', 'changed', 0],
  ['transfer', 'to', 0],
  ['Kubernetes files intact', 'ok', 0],
  ['CAs and etcd data restored', 'start', 0],
  ['CAs and etcd data restored', 'start', 1],
  ['CAs and etcd data restored', 'start', 3],
  ['CAs and etcd data restored', 'changed', 0],
  ['kubeadm init', 'start', 0],
  ['kubeadm init', 'start', 3],
  ['kubeadm init', 'start', 10],
  ['kubeadm init', 'changed', 0],
  ['Nodes, pods, DNS and Services', 'start', 1],
  ['Archive removed from host', 'changed', 0],
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
  expect(next.output).toMatch(/Nothing lost: \d+ objects|The cluster is healthy/)
  expect(await contents(lab)).toEqual(before)
}

function matches(event: RunEvent, what: string, status: string): boolean {
  if (event.kind === 'transfer') return what === 'transfer' && event.direction === status
  return event.kind === 'task' && event.host === 'cp1' && event.title === what && event.status === status
}
