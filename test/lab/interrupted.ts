import { expect } from 'vitest'
import type { RunEvent } from '../../src/events/run-event.ts'
import { expectCode, provision, type Ran, results, start, type TestLab } from './harness.ts'

/** Moments of a whole run, in their order: the start of a change on a host. */
export const moments: readonly (readonly [host: string, title: string])[] = [
  ['cp1', 'containerd'],
  ['w1', 'kubeadm, kubelet and kubectl'], // while images are pulled
  ['cp1', 'kubeadm init'],
  ['w1', 'kubeadm join'],
  ['cp1', 'Nodes, pods, DNS and Services'],
]

/** Starts a run, does something to it when a change begins, and waits for its end. */
export async function interrupted(
  lab: TestLab,
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

/** No manual step: the same command again makes the cluster, and once more finds nothing to do. */
export async function convergesFromHere(lab: TestLab): Promise<void> {
  expectCode(await provision(lab), 0)
  const again = await provision(lab)
  expectCode(again, 0)
  expect(results(again, ['changed'])).toEqual([])
}
