import { UserError } from '../errors.ts'
import { raiseBridge } from './bridge.ts'
import { goModules, goPrograms } from './go.ts'
import { fillImages } from './images.ts'
import { writeInventory } from './inventory.ts'
import { makeKeys } from './keys.ts'
import { dataBinds, mountLayer } from './layer.ts'
import { withLock } from './lock.ts'
import { debianMirror } from './mirror.ts'
import { defaultSettings, type Lab, type LabHost, type LabSettings, planLab, type System, suites } from './model.ts'
import { fillPackages } from './packages.ts'
import { powerOn, waitForSsh } from './power.ts'
import type { Step } from './program.ts'
import { baseRoot, upstreamRoot } from './rootfs.ts'
import { freeIndex, loadLab, saveLab } from './state.ts'
import { aptSources, startUpstream } from './upstream.ts'

/** Brings a lab up, or what is missing of one; answers the lab and its inventory's path. */
export async function labUp(
  name: string,
  wanted: Partial<LabSettings>,
  step: Step,
): Promise<{ lab: Lab; file: string }> {
  return withLock(`lab-${name}`, false, async () => {
    const lab = await decide(name, wanted)
    const bases = await prepare(lab, step)
    await saveLab(lab)
    await step('raise the bridge', () => raiseBridge(lab))
    const publicKey = await makeKeys(name)
    const mirror = await debianMirror()
    await step('boot the upstream', () => startUpstream(lab, mirror, publicKey))
    await fill(lab, mirror, step)
    const start = async (host: LabHost, base: string) => {
      await mountLayer(lab, host, { base, aptSources: aptSources(lab, mirror, suites[host.system]), publicKey })
      await powerOn(lab, host, await dataBinds(lab, host))
      await waitForSsh(host)
    }
    const names = lab.hosts.map((host) => host.name).join(', ')
    await step(`boot ${names}`, () => Promise.all(lab.hosts.map((host) => start(host, bases.get(host.system) ?? ''))))
    return { lab, file: await writeInventory(lab) }
  })
}

/** Fills what all labs' upstreams serve; one lab at a time. */
async function fill(lab: Lab, mirror: string, step: Step): Promise<void> {
  await withLock('cache', true, async () => {
    await step('fill the package repository', () => fillPackages(lab.upstream))
    await step('fill the image registry', () => fillImages(lab.upstream, mirror))
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
