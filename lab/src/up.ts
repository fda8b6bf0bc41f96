import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../src/errors.ts'
import { raiseBridge } from './bridge.ts'
import { checkMachine } from './check.ts'
import { fillDownloads } from './downloads.ts'
import { addonModules, goPrograms, kubernetesModules } from './go.ts'
import { addonImages, kubernetesImages } from './image-list.ts'
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

/**
 * Brings a lab up, or what is missing of one; answers the lab and its inventory's path. Of what add-ons and Helm need its
 * upstream serves what there is in the cache, unless told to build what there is not.
 */
export async function labUp(
  name: string,
  { addons, ...wanted }: Partial<LabSettings> & { readonly addons?: boolean },
  step: Step,
): Promise<{ lab: Lab; file: string }> {
  await checkMachine(name, [...kubernetesModules, ...(addons ? addonModules : [])], step)
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
    if (addons) await provideAddons(lab, mirror, step)
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
  if (existsSync(fillingMark(lab))) await cutPower(lab.upstream)
  await step('boot the upstream', () => startUpstream(lab, mirror, publicKey))
  await filling(lab, 'cache', async () => {
    await step('fill the package repository', () => fillPackages(lab.upstream))
    if (lab.hosts.some((host) => isStandin(host.system))) {
      await step('fill the RPM repositories', () => fillRpms(lab.upstream))
    }
    const images = await kubernetesImages()
    await step('fill the image registry', () => fillImages(lab.upstream, mirror, { name: 'kubernetes', images }))
  })
}

/** Builds what add-ons and Helm need, which takes as long as all else, and has the upstream serve it. */
async function provideAddons(lab: Lab, mirror: string, step: Step): Promise<void> {
  // A lock of its own: other labs need not wait for it.
  await filling(lab, 'cache-add-ons', async () => {
    for (const module of addonModules) await step(`build ${module}`, () => goPrograms(module))
    await step('pack the downloads', () => fillDownloads(lab.upstream))
    const images = await addonImages()
    await step("add the add-ons' images", () => fillImages(lab.upstream, mirror, { name: 'add-ons', images }))
  })
}

/** Whatever an `up` that was killed had started inside the upstream goes on there, in our way; so it leaves a mark. */
async function filling(lab: Lab, lock: string, job: () => Promise<void>): Promise<void> {
  await withLock(lock, true, async () => {
    await writeFile(fillingMark(lab), '')
    await job()
    await rm(fillingMark(lab))
  })
}

function fillingMark(lab: Lab): string {
  return join(labRoot(lab.name), 'filling')
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
    for (const module of kubernetesModules) await step(`build ${module}`, () => goPrograms(module))
    return bases
  })
}

// Waits for all even when one fails: nothing may go on after the lab's lock is gone.
async function allDone(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
