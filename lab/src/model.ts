import { homedir } from 'node:os'
import { join } from 'node:path'
import { shipped } from '../../src/shipped.ts'

export type System = 'debian-12' | 'debian-13' | 'rocky-9-standin'

/** Debian's code names, as its mirrors and debootstrap call them; of a stand-in what it is made of. */
export const suites: Record<System, string> = {
  'debian-12': 'bookworm',
  'debian-13': 'trixie',
  'rocky-9-standin': 'trixie',
}

export type Role = 'control-plane' | 'worker' | 'upstream'

/** How the operator becomes root on a lab host: the three ways that real hosts know. */
export type Login = 'sudo' | 'sudo-password' | 'root'

export interface LabHost {
  readonly name: string
  readonly role: Role
  readonly system: System
  readonly login: Login
  readonly address: string
  readonly mac: string
  /** Names its cgroups and its link on the bridge: at most 15 characters, the kernel's limit for links. */
  readonly id: string
}

export interface LabSettings {
  readonly hosts: number
  readonly controlPlanes: number
  readonly systems: readonly System[]
}

/** One lab: everything it makes carries `bridge` in its name or lies under `root`, and so can be found and removed. */
export interface Lab {
  readonly name: string
  readonly index: number
  readonly settings: LabSettings
  readonly bridge: string
  readonly gateway: string
  readonly subnet: string
  readonly hosts: readonly LabHost[]
  readonly upstream: LabHost
}

export const prefixLength = 24
export const defaultSettings: LabSettings = {
  hosts: 3,
  controlPlanes: 1,
  systems: ['debian-13', 'debian-13', 'debian-12'],
}

/** Where a lab keeps its hosts, keys and inventory. Gone after `lab down`. */
export function labRoot(name: string): string {
  return name === 'lab' ? '/var/lib/provision-lab' : `/var/lib/provision-lab-${name}`
}

export function hostDirectory(lab: Pick<Lab, 'name'>, host: Pick<LabHost, 'name'>): string {
  return join(labRoot(lab.name), 'hosts', host.name)
}

/** What every lab shares and `lab down` keeps: root file systems, binaries, the filled upstream. */
export function cacheRoot(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'provision', 'lab')
}

/** The lab's own files in this repository. */
export const labFiles = shipped('lab')

/** Lays out a lab; the same arguments always give the same names and addresses. */
export function planLab(name: string, index: number, settings: LabSettings): Lab {
  const bridge = `pvlab${index}`
  const network = `10.213.${index}`
  const host = (hostName: string, number: number, role: Role, system: System, login: Login): LabHost => ({
    name: hostName,
    role,
    system,
    login,
    address: `${network}.${number}`,
    mac: `02:70:76:00:${hex(index)}:${hex(number)}`,
    id: `${bridge}-${hostName}`,
  })
  const hosts = Array.from({ length: settings.hosts }, (_, i) => {
    const system = settings.systems[i % settings.systems.length] ?? 'debian-13'
    const worker = i - settings.controlPlanes
    return worker < 0
      ? host(`cp${i + 1}`, 11 + i, 'control-plane', system, 'sudo')
      : host(`w${worker + 1}`, 21 + worker, 'worker', system, workerLogins[worker % workerLogins.length] ?? 'sudo')
  })
  return {
    name,
    index,
    settings,
    bridge,
    gateway: `${network}.1`,
    subnet: `${network}.0/${prefixLength}`,
    hosts,
    upstream: host('upstream', 2, 'upstream', 'debian-13', 'root'),
  }
}

const workerLogins: readonly Login[] = ['sudo-password', 'root', 'sudo']

function hex(value: number): string {
  return value.toString(16).padStart(2, '0')
}
