import { existsSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeBridge } from './bridge.ts'
import { removeCgroups } from './cgroups.ts'
import { withLock } from './lock.ts'
import { hostDirectory, type Lab, type LabHost, labRoot } from './model.ts'
import { unmountBelow } from './mounts.ts'
import { cutPower } from './power.ts'
import { ask, type Progress } from './program.ts'
import { loadLab } from './state.ts'
import { keepPackages } from './upstream.ts'

/** Removes all that `lab up` made of a lab, whole or half-made, but the cache. Answers false when there was none. */
export async function labDown(name: string, { step }: Progress): Promise<boolean> {
  return withLock(`lab-${name}`, false, async () => {
    const lab = await loadLab(name)
    if (!lab) return false
    const hosts = [...lab.hosts, lab.upstream]
    await step('turn the hosts off', () => Promise.all(hosts.map(cutPower)))
    await step('remove links, mounts and cgroups', async () => {
      for (const host of hosts) await remove(lab, host)
      await unmountBelow(labRoot(name))
      await removeBridge(lab)
    })
    await withLock('cache', true, () => keepPackages(lab))
    await step(`remove ${labRoot(name)}`, () => rm(labRoot(name), { recursive: true, force: true }))
    return true
  })
}

async function remove(lab: Lab, host: LabHost): Promise<void> {
  await ask`ip link delete ${host.id}`
  await removeCgroups(host.id)
  // What systemd-nspawn leaves behind when it is killed: a directory, and a lock named after its root directory.
  await rm(`/run/systemd/nspawn/propagate/${host.id}`, { recursive: true, force: true })
  const root = join(hostDirectory(lab, host), 'root')
  if (!existsSync(root)) return
  const { dev, ino } = await stat(root)
  await rm(`/run/systemd/nspawn/locks/inode-${dev}:${ino}`, { force: true })
}
