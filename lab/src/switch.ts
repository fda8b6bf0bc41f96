import { UserError } from '../../src/errors.ts'
import { withLock } from './lock.ts'
import type { Lab, LabHost } from './model.ts'
import { powerOff, powerOn, waitForSsh } from './power.ts'
import { loadLab } from './state.ts'

/** Turns hosts of a lab off as their power buttons would, or on again; all but the upstream when none is named. */
export async function switchHosts(labName: string, names: readonly string[], on: boolean): Promise<readonly LabHost[]> {
  return withLock(`lab-${labName}`, false, async () => {
    const lab = await loadLab(labName)
    if (!lab) throw new UserError(`there is no lab ${labName}`, 'make one with `provision lab up`')
    const hosts = choose(lab, names)
    await Promise.all(hosts.map((host) => (on ? start(lab, host) : powerOff(host))))
    return hosts
  })
}

async function start(lab: Lab, host: LabHost): Promise<void> {
  await powerOn(lab, host)
  await waitForSsh(host)
}

function choose(lab: Lab, names: readonly string[]): readonly LabHost[] {
  if (names.length === 0) return lab.hosts
  const known = [...lab.hosts, lab.upstream]
  const unknown = names.filter((name) => !known.some((host) => host.name === name))
  if (unknown.length > 0) {
    const hint = `choose among ${known.map((host) => host.name).join(', ')}`
    throw new UserError(unknown.map((name) => ({ message: `the lab has no host ${name}`, hint })))
  }
  return known.filter((host) => names.includes(host.name))
}
