import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addLayer, addManifest, type Descriptor, writeIndex } from './image-layout.ts'
import type { Image, Layer } from './image-list.ts'
import { type LabHost, labFiles } from './model.ts'
import { insideOrFail } from './power.ts'
import { recipeText } from './recipe.ts'
import { cachedMirror, upstreamData, upstreamMount } from './upstream.ts'

/** Images that belong together, under a name. */
export interface ImageSet {
  readonly name: 'kubernetes' | 'add-ons'
  readonly images: readonly Image[]
}

/** Whether the registry has been filled with a set, be it of another release. */
export function isFilled(name: ImageSet['name']): boolean {
  return existsSync(stampOf(name))
}

/** Fills the image registry with a set. Does nothing when it holds these very images already. */
export async function fillImages(upstream: LabHost, mirror: string, { name, images }: ImageSet): Promise<void> {
  const stamp = stampOf(name)
  const key = await recipe(images)
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === key) return
  const place = `images-${name}`
  const work = join(upstreamData(), place)
  await rm(work, { recursive: true, force: true })
  const layout = join(work, 'layout')
  const layers = new Map<string, Descriptor>()
  const manifests: Record<string, Descriptor> = {}
  for (const image of images) {
    const descriptors: Descriptor[] = []
    for (const layer of image.layers) {
      const files = JSON.stringify(layer)
      const descriptor = layers.get(files) ?? (await pack(upstream, layer, mirror, place))
      layers.set(files, descriptor)
      descriptors.push(descriptor)
    }
    manifests[reference(image)] = await addManifest(layout, descriptors, image.start)
  }
  await writeIndex(layout, manifests)
  for (const image of images) await push(upstream, image, place)
  await writeFile(stamp, key)
  await rm(work, { recursive: true })
}

function stampOf(name: ImageSet['name']): string {
  return join(upstreamData(), 'registry', `filled-${name}`)
}

/** Adds a layer to the layout in that place of the upstream's data. */
async function pack(upstream: LabHost, layer: Layer, mirror: string, place: string) {
  const stage = join(upstreamData(), place, 'stage')
  await rm(stage, { recursive: true, force: true })
  await mkdir(join(stage, 'tmp'), { recursive: true })
  await chmod(stage, 0o755)
  if (typeof layer === 'string') {
    const argument = cachedMirror('127.0.0.1', mirror)
    const script = await readFile(join(labFiles, 'upstream/layers', `${layer}.sh`), 'utf8')
    await insideOrFail(upstream, 'sh', '-c', script, layer, `${upstreamMount}/${place}/stage`, argument)
  } else {
    for (const [path, file] of Object.entries(layer)) {
      await mkdir(dirname(join(stage, path)), { recursive: true })
      await cp(file, join(stage, path))
      await chmod(join(stage, path), 0o755)
    }
  }
  await chmod(join(stage, 'tmp'), 0o1777)
  const descriptor = await addLayer(join(upstreamData(), place, 'layout'), stage)
  await rm(stage, { recursive: true })
  return descriptor
}

async function push(upstream: LabHost, image: Image, place: string): Promise<void> {
  const from = `oci:${upstreamMount}/${place}/layout:${reference(image)}`
  const to = `docker://127.0.0.1:5000/${image.repository}:${image.tag}`
  // The digests stay as they are, and with them the layers uncompressed: nothing to unpack on hosts that share our cores.
  const options = ['--quiet', '--preserve-digests', '--dest-tls-verify=false']
  await insideOrFail(upstream, 'skopeo', '--insecure-policy', 'copy', ...options, from, to)
}

function reference(image: Image): string {
  return `${image.repository.replaceAll('/', '-')}-${image.tag}`
}

async function recipe(images: readonly Image[]): Promise<string> {
  // Where this repository lies makes no other images: several copies of it share what is filled.
  const hash = createHash('sha256').update(JSON.stringify(images).replaceAll(labFiles, 'lab'))
  const layers = ['network-tools', 'busybox'].map((name) => join(labFiles, 'upstream/layers', `${name}.sh`))
  // Programs lie at paths that tell what they are built from; what this repository holds is told by its content.
  const packed = images.flatMap((image) => image.layers.flatMap((layer) => Object.values(layer)))
  const held = packed.filter((file) => file.startsWith(labFiles))
  for (const name of ['images.ts', 'image-layout.ts']) hash.update(await recipeText(name))
  for (const file of [...layers, ...held]) hash.update(await readFile(file))
  return hash.digest('hex')
}
