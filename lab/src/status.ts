import { inventoryFile } from './inventory.ts'
import type { Lab, LabHost } from './model.ts'
import { inside, isRunning } from './power.ts'
import { loadLab } from './state.ts'
import { packagesUrl, registryUrl } from './upstream.ts'

export interface HostStatus {
  readonly host: LabHost
  /** `off`, or what systemd says of the host: `running`, `starting`, `degraded` ... */
  readonly state: string
}

export interface LabStatus {
  readonly lab: Lab
  readonly hosts: readonly HostStatus[]
  readonly inventory: string
  readonly packages: string
  readonly registry: string
}

/** How a lab is; undefined when there is none. */
export async function labStatus(name: string): Promise<LabStatus | undefined> {
  const lab = await loadLab(name)
  if (!lab) return undefined
  const hosts = await Promise.all(
    [lab.upstream, ...lab.hosts].map(async (host) => ({ host, state: await stateOf(host) })),
  )
  return {
    lab,
    hosts,
    inventory: inventoryFile(name),
    packages: packagesUrl(lab),
    registry: registryUrl(lab),
  }
}

async function stateOf(host: LabHost): Promise<string> {
  if (!(await isRunning(host))) return 'off'
  try {
    return (await inside(host, 'systemctl', 'is-system-running')).stdout.trim() || 'starting'
  } catch {
    return 'starting'
  }
}
