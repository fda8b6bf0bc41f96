import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Lab, type LabSettings, labRoot, planLab } from './model.ts'
import { $ } from './program.ts'

interface SavedLab {
  readonly name: string
  readonly index: number
  readonly settings: LabSettings
}

/** The lab that `lab up` last began to make, whole or half-made; undefined when there is none. */
export async function loadLab(name: string): Promise<Lab | undefined> {
  const file = stateFile(name)
  if (!existsSync(file)) return undefined
  const saved = JSON.parse(await readFile(file, 'utf8')) as SavedLab
  return planLab(saved.name, saved.index, saved.settings)
}

/**
 * Writes down the lab before anything of it is made. All names follow from what is saved here,
 * so a crash at any later point leaves nothing that could not be found again.
 */
export async function saveLab(lab: Lab): Promise<void> {
  await mkdir(labRoot(lab.name), { recursive: true, mode: 0o700 })
  const file = stateFile(lab.name)
  const saved: SavedLab = { name: lab.name, index: lab.index, settings: lab.settings }
  await writeFile(`${file}.new`, `${JSON.stringify(saved, null, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** The first number whose bridge, subnet and name nobody on this machine uses, not even a lab that is off. */
export async function freeIndex(name: string): Promise<number> {
  const { stdout: addresses } = await $`ip -o address show`
  const saved = await savedIndexes()
  for (let index = name === 'lab' ? 0 : 1; index < 10; index++) {
    const taken = addresses.includes(` 10.213.${index}.`) || addresses.includes(` pvlab${index} `)
    if (!taken && !saved.includes(index)) return index
  }
  throw new Error('all ten lab networks 10.213.0.0/24 to 10.213.9.0/24 are in use on this machine')
}

async function savedIndexes(): Promise<number[]> {
  const root = labRoot('lab')
  const siblings = (await readdir(dirname(root))).filter((entry) => entry.startsWith(basename(root)))
  const files = siblings.map((entry) => join(dirname(root), entry, 'lab.json')).filter((file) => existsSync(file))
  return Promise.all(files.map(async (file) => (JSON.parse(await readFile(file, 'utf8')) as SavedLab).index))
}

function stateFile(name: string): string {
  return join(labRoot(name), 'lab.json')
}
