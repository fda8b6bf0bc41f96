import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { raiseBridge } from './bridge.ts'
import { checkMachine } from './check.ts'
import { fillDownloads } from './downloads.ts'
import { goModules, goPrograms } from './go.ts'
import { fillImages } from './images.ts'
import { writeInventory } from './inventory.ts'
import { makeKeys } from './keys.ts'
import { dataBinds, mountLayer } from './layer.ts'
import { withLock } from './lock.ts'
import { debianMirror } from './mirror.ts'
import {
  defaultSettings,
  type Lab,
  type LabHost,
  type LabSettings,
  labRoot,
  planLab,
  type System,
  suites,
} from './model.ts'
import { fillPackages } from './packages.ts'
import { cutPower, powerOn, prepareHost, waitForSsh } from './power.ts'
import type { Step } from './program.ts'
import { baseRoot, upstreamRoot } from './rootfs.ts'
import { fillRpms } from './rpms.ts'
import { isStandin } from './standin.ts'
import { freeIndex, loadLab, saveLab } from './state.ts'
import { aptSources, startUpstream } from './upstream.ts'

/** Brings a lab up, or what is missing of one; answers the lab and its inventory's path. */
export async function labUp(
  name: string,
  wanted: Partial<LabSettings>,
  step: Step,
): Promise<{ lab: Lab; file: string }> {
  await checkMachine(name, step)
  return withLock(`lab-${name}`, false, async () => {
    const lab = await withLock('network', true, async () => {
      const decided = await decide(name, wanted)
      await saveLab(decided)
      await step('raise the bridge', () => raiseBridge(decided))
      return decided
    })
    const bases = await prepare(lab, step)
    const publicKey = await makeKeys(name)
    const mirror = await debianMirror()
    await provideUpstream(lab, mirror, publicKey, step)
    const start = async (host: LabHost, base: string) => {
      await mountLayer(lab, host, { base, aptSources: aptSources(lab, mirror, suites[host.system]), publicKey })
      await prepareHost(lab, host, await dataBinds(lab, host))
      await powerOn(lab, host)
      await waitForSsh(host)
    }
    const names = lab.hosts.map((host) => host.name).join(', ')
    await step(`boot ${names}`, () => allDone(lab.hosts.map((host) => start(host, bases.get(host.system) ?? ''))))
    return { lab, file: await writeInventory(lab) }
  })
}

/** Boots the upstream and fills what it serves from the cache that all labs share. */
async function provideUpstream(lab: Lab, mirror: string, publicKey: string, step: Step): Promise<void> {
  // Whatever an `up` that was killed had started inside goes on there, in our way.
  const filling = join(labRoot(lab.name), 'filling')
  if (existsSync(filling)) await cutPower(lab.upstream)
  await step('boot the upstream', () => startUpstream(lab, mirror, publicKey))
  await withLock('cache', true, async () => {
    await writeFile(filling, '')
    await step('fill the package repository', () => fillPackages(lab.upstream))
    if (lab.hosts.some((host) => isStandin(host.system))) {
      await step('fill the RPM repositories', () => fillRpms(lab.upstream))
    }
    await step('pack the downloads', () => fillDownloads(lab.upstream))
    await step('fill the image registry', () => fillImages(lab.upstream, mirror))
    await rm(filling)
  })
}

/** The lab that is there, when it is what was asked for; else a new one. */
async function decide(name: string, wanted: Partial<LabSettings>): Promise<Lab> {
  const present = await loadLab(name)
  const lab = planLab(name, present?.index ?? (await freeIndex(name)), {
    ...(present?.settings ?? defaultSettings),
    ...wanted,
  })
  if (present && JSON.stringify(present) !== JSON.stringify(lab)) {
    throw new UserError(`the lab ${name} is up with other hosts`, 'run `provision lab down` first')
  }
  return lab
}

/** Fills the cache that all labs share; one lab at a time. */
async function prepare(lab: Lab, step: Step): Promise<Map<System, string>> {
  return withLock('cache', true, async () => {
    const bases = new Map<System, string>()
    for (const system of new Set(lab.hosts.map((host) => host.system))) {
      bases.set(system, await step(`root file system of ${system}`, () => baseRoot(system)))
    }
    await step('root file system of the upstream', () => upstreamRoot())
    for (const module of goModules) await step(`build ${module}`, () => goPrograms(module))
    return bases
  })
}

// Waits for all even when one fails: nothing may go on after the lab's lock is gone.
async function allDone(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
