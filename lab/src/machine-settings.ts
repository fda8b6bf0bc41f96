import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Shared by all labs; gone with a restart of the machine, as the settings it remembers are. */
const directory = '/run/provision-lab'
const saved = join(directory, 'settings')

/**
 * Kernel settings that have no namespace: what a kubelet sets on a lab host is set on this machine.
 * Source: the kubelet's container manager.
 */
export const withoutNamespace: readonly string[] = [
  'vm/overcommit_memory',
  'vm/panic_on_oom',
  'kernel/panic',
  'kernel/panic_on_oops',
  'kernel/keys/root_maxkeys',
  'kernel/keys/root_maxbytes',
]

/**
 * No namespace either, but set by playbooks (playbooks/cluster/prepare.yaml) and put back by a reset, under all other labs: hosts
 * have files of their own in their place (lab/host/boot.sh), and this machine what is enough for all.
 */
const enough: Readonly<Record<string, number>> = {
  'fs/inotify/max_user_instances': 8192,
  'fs/inotify/max_user_watches': 524288,
}

/** Notes this machine's own settings before the first lab changes any, and has it allow enough for all. `more`: others to note. */
export async function prepareSettings(more: readonly string[]): Promise<void> {
  if (!existsSync(saved)) await note([...withoutNamespace, ...Object.keys(enough), ...more])
  for (const [path, value] of Object.entries(enough)) {
    if (Number(await read(path)) < value) await writeFile(`/proc/sys/${path}`, String(value))
  }
}

async function note(all: readonly string[]): Promise<void> {
  const paths = all.filter((path) => existsSync(`/proc/sys/${path}`))
  const lines = await Promise.all(paths.map(async (path) => `${path} ${await read(path)}\n`))
  await mkdir(directory, { recursive: true })
  await writeFile(`${saved}.new`, lines.join(''))
  await rename(`${saved}.new`, saved)
}

/** Puts them back, once the last lab has gone. */
export async function restoreSettings(): Promise<void> {
  if (!existsSync(saved)) return
  for (const line of (await readFile(saved, 'utf8')).trim().split('\n')) {
    const [path = '', ...value] = line.split(' ')
    if (existsSync(`/proc/sys/${path}`) && (await read(path)) !== value.join(' ')) {
      await writeFile(`/proc/sys/${path}`, value.join(' '))
    }
  }
  await rm(directory, { recursive: true })
}

async function read(path: string): Promise<string> {
  return (await readFile(`/proc/sys/${path}`, 'utf8')).trim()
}
