import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Image } from './image-list.ts'
import { labFiles } from './model.ts'
import { recipeText } from './recipe.ts'
import { upstreamData } from './upstream.ts'

/** Whether the registry holds this very image, the official one or the one that is built. */
export async function holds(image: Image): Promise<boolean> {
  const text = await readFile(mark(image), 'utf8').catch(() => '')
  return text === official(image) || text === (await recipe(image))
}

/** Records that the registry holds the official image. */
export async function markFetched(image: Image): Promise<void> {
  await write(image, official(image))
}

/** Records that the registry holds the image that the lab has built. */
export async function markBuilt(image: Image): Promise<void> {
  await write(image, await recipe(image))
}

async function write(image: Image, text: string): Promise<void> {
  await mkdir(directory(), { recursive: true })
  await writeFile(mark(image), text)
}

function directory(): string {
  return join(upstreamData(), 'registry', 'images')
}

function mark(image: Image): string {
  return join(directory(), `${image.repository.replaceAll('/', '-')}-${image.tag}`)
}

function official(image: Image): string {
  return `official ${image.official}/${image.repository}:${image.tag}`
}

async function recipe(image: Image): Promise<string> {
  // Where this repository lies makes no other images: several copies of it share what is filled.
  const hash = createHash('sha256').update(JSON.stringify(image).replaceAll(labFiles, 'lab'))
  // Programs lie at paths that tell what they are built from; what this repository holds is told by its content.
  const packed = image.layers.flatMap((layer) =>
    typeof layer === 'string' ? [join(labFiles, 'upstream/layers', `${layer}.sh`)] : Object.values(layer),
  )
  const held = packed.filter((file) => file.startsWith(labFiles))
  for (const name of ['images.ts', 'image-layout.ts']) hash.update(await recipeText(name))
  for (const file of held) hash.update(await readFile(file))
  return hash.digest('hex')
}
