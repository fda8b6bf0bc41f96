import { rm } from 'node:fs/promises'
import { removeBridge } from './bridge.ts'
import { removeCgroups } from './cgroups.ts'
import { withLock } from './lock.ts'
import { labRoot } from './model.ts'
import { unmountBelow } from './mounts.ts'
import { cutPower } from './power.ts'
import type { Step } from './program.ts'
import { ask } from './program.ts'
import { loadLab } from './state.ts'

/** Removes all that `lab up` made of a lab, whole or half-made, but the cache. Answers false when there was none. */
export async function labDown(name: string, step: Step): Promise<boolean> {
  return withLock(`lab-${name}`, false, async () => {
    const lab = await loadLab(name)
    if (!lab) return false
    const hosts = [...lab.hosts, lab.upstream]
    await step('turn the hosts off', () => Promise.all(hosts.map(cutPower)))
    await step('remove links, mounts and cgroups', async () => {
      for (const host of hosts) await ask`ip link delete ${host.id}`
      await unmountBelow(labRoot(name))
      for (const host of hosts) await removeCgroups(host.id)
      await removeBridge(lab)
    })
    await step(`remove ${labRoot(name)}`, () => rm(labRoot(name), { recursive: true, force: true }))
    return true
  })
}
