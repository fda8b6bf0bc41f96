import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { program, repository } from './program.ts'

// Makes dist/, the program that runs: few files in the place of a thousand, which starting would have to find, read and parse.
// Code that only some commands need is in files of its own, loaded by them.

const target = join(repository, 'dist')
const begun = new Date()

const bundle = await rolldown(program)
const { output } = await bundle.generate({ format: 'esm', chunkFileNames: '[name]-[hash].js' })

// The entry comes last and in one step: several starts may be at it at once, and one that runs may still load its parts.
await mkdir(target, { recursive: true })
for (const file of output.toSorted((a, b) => Number(isEntry(a)) - Number(isEntry(b)))) {
  const place = join(target, file.fileName)
  const unfinished = `${place}.${process.pid}`
  await mkdir(dirname(place), { recursive: true })
  await writeFile(unfinished, file.type === 'chunk' ? file.code : file.source)
  // What is saved while this runs is newer.
  await utimes(unfinished, begun, begun)
  await rename(unfinished, place)
}

const made = new Set(output.map((file) => file.fileName))
const dayAgo = begun.getTime() - 86_400_000
for (const name of await readdir(target)) {
  if (made.has(name)) continue
  const place = join(target, name)
  // Another start may have put its unfinished file in place meanwhile.
  const found = await stat(place).catch(() => undefined)
  if (found && found.mtimeMs < dayAgo) await rm(place, { force: true })
}

function isEntry(file: (typeof output)[number]): boolean {
  return file.type === 'chunk' && file.isEntry
}
