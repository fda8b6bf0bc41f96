import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { $ } from './program.ts'

/** Names a blob, as the OCI image specification has it. */
export interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

/** What an image starts, in the words of its configuration. */
export interface Start {
  readonly Entrypoint?: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Env?: readonly string[]
}

const types = {
  layer: 'application/vnd.oci.image.layer.v1.tar',
  config: 'application/vnd.oci.image.config.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
}

const epoch = '1970-01-01T00:00:00Z'

/** Packs a directory into a layer of the layout: uncompressed, since it crosses no more than a bridge. */
export async function addLayer(layout: string, directory: string): Promise<Descriptor> {
  const file = join(await blobs(layout), 'layer.unfinished')
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner']
  await $`tar ${reproducible} -C ${directory} -cf ${file} .`
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  const digest = hash.digest('hex')
  await rename(file, join(await blobs(layout), digest))
  const { size } = await stat(join(await blobs(layout), digest))
  return { mediaType: types.layer, digest: `sha256:${digest}`, size }
}

/** Adds an image made of layers already in the layout; answers its manifest's descriptor. */
export async function addManifest(layout: string, layers: readonly Descriptor[], start: Start): Promise<Descriptor> {
  const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
  const config = await addJson(layout, types.config, {
    created: epoch,
    architecture: 'amd64',
    os: 'linux',
    config: { ...start, Env: [path, ...(start.Env ?? [])] },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
    history: layers.map(() => ({ created: epoch })),
  })
  return addJson(layout, types.manifest, { schemaVersion: 2, mediaType: types.manifest, config, layers })
}

/** Writes the layout's table of contents: manifests by the name that skopeo asks for. */
export async function writeIndex(layout: string, images: Readonly<Record<string, Descriptor>>): Promise<void> {
  const manifests = Object.entries(images).map(([name, descriptor]) => ({
    ...descriptor,
    annotations: { 'org.opencontainers.image.ref.name': name },
  }))
  await writeFile(join(layout, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  await writeFile(join(layout, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: types.index, manifests }))
}

async function addJson(layout: string, mediaType: string, value: object): Promise<Descriptor> {
  const text = JSON.stringify(value)
  const digest = createHash('sha256').update(text).digest('hex')
  await writeFile(join(await blobs(layout), digest), text)
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) }
}

async function blobs(layout: string): Promise<string> {
  const directory = join(layout, 'blobs', 'sha256')
  await mkdir(directory, { recursive: true })
  return directory
}
