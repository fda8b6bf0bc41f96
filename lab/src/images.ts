import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { areBuilt, buildPrograms, type GoModule } from './go.ts'
import { addLayer, addManifest, type Descriptor, writeIndex } from './image-layout.ts'
import type { Image, Layer } from './image-list.ts'
import { holds, markBuilt, markFetched } from './image-marks.ts'
import { type LabHost, labFiles } from './model.ts'
import { fetchInto } from './outward.ts'
import { insideOrFail } from './power.ts'
import type { Step, Tell } from './program.ts'
import type { Source, Sources } from './sources.ts'
import { cachedMirror, inUpstream, upstreamData, upstreamMount } from './upstream.ts'

/** Images that belong together, under a name. */
export interface ImageSet {
  readonly name: 'kubernetes' | 'add-ons'
  readonly images: readonly Image[]
}

type OfficialImage = Image & { readonly official: Source; readonly module: GoModule }

/** Whether the registry has been filled with a set, be it of another release. */
export function isFilled(name: ImageSet['name']): boolean {
  return existsSync(stampOf(name))
}

/** The images that are neither in the registry nor built: they are to be fetched. */
export async function missingImages(images: readonly Image[]): Promise<OfficialImage[]> {
  const missing: OfficialImage[] = []
  for (const image of images) {
    if (isOfficial(image) && !(await holds(image)) && !(await areBuilt([image.module]))) missing.push(image)
  }
  return missing
}

function isOfficial(image: Image): image is OfficialImage {
  return image.official !== undefined && image.module !== undefined
}

/**
 * Fills the image registry with a set: with official images where these can be fetched, and with built ones for the others.
 * Does nothing when it holds the set already.
 */
export async function fillImages(
  upstream: LabHost,
  mirror: string,
  { name, images }: ImageSet,
  sources: Sources,
  step: Step,
): Promise<void> {
  const missing = await missingImages(images)
  for (const source of new Set(missing.map((image) => image.official))) {
    const wanted = missing.filter((image) => image.official === source)
    await sources.fetchOrBuild(
      source,
      () => step(`fetch images from ${source}`, (tell) => fetchImages(upstream, wanted, tell)),
      async () => {
        for (const module of new Set((await missingImages(wanted)).map((image) => image.module))) {
          await step(`build ${module}`, (tell) => buildPrograms(module, tell))
        }
      },
    )
  }
  const title = name === 'kubernetes' ? 'fill the image registry' : "add the add-ons' images"
  await step(title, () => packImages(upstream, mirror, name, images))
  await writeFile(stampOf(name), '')
}

/** Copies official images into the registry as they are, for this processor alone. skopeo verifies each blob's digest. */
async function fetchImages(upstream: LabHost, images: readonly OfficialImage[], tell: Tell): Promise<void> {
  const work = join(upstreamData(), 'images.fetching')
  for (const [i, image] of images.entries()) {
    await rm(work, { recursive: true, force: true })
    await mkdir(work, { recursive: true })
    const from = `docker://${image.official}/${image.repository}:${image.tag}`
    const skopeo = ['skopeo', '--insecure-policy', '--override-arch', 'amd64', 'copy', '--quiet', '--retry-times', '2']
    const place = `dir:${inUpstream(work)}`
    await fetchInto(work, upstream, [...skopeo, '--preserve-digests', from, place], (text) =>
      tell(`image ${i + 1} of ${images.length}, ${image.repository}${text}`),
    )
    await push(upstream, image, place)
    await markFetched(image)
  }
  await rm(work, { recursive: true, force: true })
}

/** Packs and pushes what the registry lacks; the programs in it have been built. */
async function packImages(
  upstream: LabHost,
  mirror: string,
  name: ImageSet['name'],
  all: readonly Image[],
): Promise<void> {
  const images: Image[] = []
  for (const image of all) if (!(await holds(image))) images.push(image)
  if (images.length === 0) return
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
  for (const image of images) {
    await push(upstream, image, `oci:${inUpstream(layout)}:${reference(image)}`)
    await markBuilt(image)
  }
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

async function push(upstream: LabHost, image: Image, from: string): Promise<void> {
  const to = `docker://127.0.0.1:5000/${image.repository}:${image.tag}`
  // The digests stay as they are, and with them the layers of built images uncompressed: nothing to unpack on hosts that
  // share our cores.
  const options = ['--quiet', '--preserve-digests', '--dest-tls-verify=false']
  await insideOrFail(upstream, 'skopeo', '--insecure-policy', 'copy', ...options, from, to)
}

function reference(image: Image): string {
  return `${image.repository.replaceAll('/', '-')}-${image.tag}`
}
