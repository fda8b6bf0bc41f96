import { existsSync } from 'node:fs'
import { readdir, readFile, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

const mountPoint = '/sys/fs/cgroup'

/** Whether this machine still has the version 1 hierarchies, which the kubelet refuses by default. */
export function cgroupV1(): boolean {
  return !existsSync(join(mountPoint, 'cgroup.controllers'))
}

/** The directories that a host's own cgroup has: one a hierarchy on version 1, a single one on version 2. */
async function cgroupsOf(id: string): Promise<string[]> {
  const hierarchies = cgroupV1() ? (await readdir(mountPoint)).map((entry) => join(mountPoint, entry)) : [mountPoint]
  return hierarchies.map((hierarchy) => join(hierarchy, id)).filter((directory) => existsSync(directory))
}

/** Every process of a host, its supervisor included: none can leave the host's cgroup. */
export async function processesOf(id: string): Promise<number[]> {
  const found = await Promise.all((await cgroupsOf(id)).map(processesBelow))
  return [...new Set(found.flat())]
}

/** Whether anything of a host runs. Looks at one hierarchy only, as it is asked often. */
export async function isAlive(id: string): Promise<boolean> {
  const [first] = await cgroupsOf(id)
  return first !== undefined && (await processesBelow(first)).length > 0
}

/** The host's init as this machine numbers it: the only process that is number 1 exactly one namespace down. */
export async function leaderOf(id: string): Promise<number | undefined> {
  const [first] = await cgroupsOf(id)
  for (const pid of first ? await processesBelow(first) : []) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
    const numbers = /^NSpid:\s+(.*)$/m.exec(status)?.[1]?.split(/\s+/) ?? []
    if (numbers.length === 2 && numbers[1] === '1') return pid
  }
  return undefined
}

async function processesBelow(cgroup: string): Promise<number[]> {
  const found: number[] = []
  for (const directory of (await descendants(cgroup)).reverse()) {
    const text = await readFile(join(directory, 'cgroup.procs'), 'utf8').catch(() => '')
    for (const line of text.split('\n')) if (line) found.push(Number(line))
  }
  return found
}

/** Removes a host's cgroups, deepest first; they must be empty of processes. */
export async function removeCgroups(id: string): Promise<void> {
  for (const cgroup of await cgroupsOf(id)) {
    for (const directory of await descendants(cgroup)) await rmdir(directory)
  }
}

/** The directory and all below it, deepest first. */
async function descendants(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const below = await Promise.all(
    entries.filter((entry) => entry.isDirectory()).map((entry) => descendants(join(directory, entry.name))),
  )
  return [...below.flat(), directory]
}
