import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UserError } from '../../src/errors.ts'
import { raiseBridge } from './bridge.ts'
import { checkMachine } from './check.ts'
import { fillDownloads, hasDownloads } from './downloads.ts'
import { addonImages, kubernetesImages } from './image-list.ts'
import { fillImages, missingImages } from './images.ts'
import { writeInventory } from './inventory.ts'
import { makeKeys } from './keys.ts'
import { hasKubernetesPrograms, provideKubernetesPrograms } from './kubernetes-programs.ts'
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
import type { Progress, Step } from './program.ts'
import { baseRoot, upstreamRoot } from './rootfs.ts'
import { fillRpms } from './rpms.ts'
import { type Source, Sources } from './sources.ts'
import { isStandin } from './standin.ts'
import { freeIndex, loadLab, saveLab } from './state.ts'
import { aptSources, startUpstream } from './upstream.ts'

/**
 * Brings a lab up, or what is missing of one; answers the lab and its inventory's path. Of what add-ons and Helm need its
 * upstream serves what there is in the cache, unless told to fetch or build what there is not.
 */
export async function labUp(
  name: string,
  { addons = false, ...wanted }: Partial<LabSettings> & { readonly addons?: boolean },
  progress: Progress,
): Promise<{ lab: Lab; file: string }> {
  const { step } = progress
  const needed = await neededSources(addons)
  const sources = await Sources.contact(needed, progress)
  await checkMachine(name, !needed.every((source) => sources.reaches(source)), step)
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
    await provideUpstream(lab, mirror, publicKey, sources, step)
    if (addons) await provideAddons(lab, mirror, sources, step)
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

/** The official sources of what the cache lacks. */
async function neededSources(addons: boolean): Promise<Source[]> {
  const images = [...(await kubernetesImages()), ...(addons ? await addonImages() : [])]
  const needed = new Set<Source>()
  if (!(await hasKubernetesPrograms())) needed.add('pkgs.k8s.io')
  for (const image of await missingImages(images)) needed.add(image.official)
  if (addons && !(await hasDownloads())) needed.add('get.helm.sh')
  return [...needed]
}

/** Boots the upstream and fills what it serves from the cache that all labs share. */
async function provideUpstream(
  lab: Lab,
  mirror: string,
  publicKey: string,
  sources: Sources,
  step: Step,
): Promise<void> {
  if (existsSync(fillingMark(lab))) await cutPower(lab.upstream)
  await step('boot the upstream', () => startUpstream(lab, mirror, publicKey))
  await filling(lab, 'cache', async () => {
    await provideKubernetesPrograms(lab.upstream, sources, step)
    await step('fill the package repository', () => fillPackages(lab.upstream))
    if (lab.hosts.some((host) => isStandin(host.system))) {
      await step('fill the RPM repositories', () => fillRpms(lab.upstream))
    }
    await fillImages(lab.upstream, mirror, { name: 'kubernetes', images: await kubernetesImages() }, sources, step)
  })
}

/** Fetches or builds what add-ons and Helm need, and has the upstream serve it. */
async function provideAddons(lab: Lab, mirror: string, sources: Sources, step: Step): Promise<void> {
  // A lock of its own: building takes as long as all else, and other labs need not wait for it.
  await filling(lab, 'cache-add-ons', async () => {
    await fillDownloads(lab.upstream, sources, step)
    await fillImages(lab.upstream, mirror, { name: 'add-ons', images: await addonImages() }, sources, step)
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

/** Makes the root file systems, in the cache that all labs share; one lab at a time. */
async function prepare(lab: Lab, step: Step): Promise<Map<System, string>> {
  return withLock('cache', true, async () => {
    const bases = new Map<System, string>()
    for (const system of new Set(lab.hosts.map((host) => host.system))) {
      bases.set(system, await step(`root file system of ${system}`, (tell) => baseRoot(system, tell)))
    }
    await step('root file system of the upstream', upstreamRoot)
    return bases
  })
}

// Waits for all even when one fails: nothing may go on after the lab's lock is gone.
async function allDone(jobs: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(jobs)).find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}
