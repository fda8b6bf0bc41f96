import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheRoot } from './model.ts'

/** What took less, in milliseconds, found its work done already: it says nothing of how long that work takes. */
const least = 5_000

/** How long each long step took last, in milliseconds, by its title. Empty where the file is missing or damaged. */
export async function lastDurations(): Promise<Readonly<Record<string, number>>> {
  try {
    return JSON.parse(await readFile(file(), 'utf8'))
  } catch {
    return {}
  }
}

/** Records how long a step took, in milliseconds. */
export async function recordDuration(title: string, took: number): Promise<void> {
  if (took < least) return
  await mkdir(cacheRoot(), { recursive: true })
  const unfinished = `${file()}.${process.pid}`
  await writeFile(unfinished, `${JSON.stringify({ ...(await lastDurations()), [title]: Math.round(took) }, null, 2)}\n`)
  await rename(unfinished, file())
}

function file(): string {
  return join(cacheRoot(), 'durations.json')
}
