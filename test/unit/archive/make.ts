import { createHash, randomBytes } from 'node:crypto'
import type { Manifest } from '../../../src/archive/manifest.ts'

/** One entry of a tar, as hostile as one likes. */
export interface Entry {
  readonly path: string
  readonly content?: Uint8Array | string
  /** As in the header: 0 file, 1 hard link, 2 symbolic link, 3 device, 5 directory. */
  readonly type?: string
  readonly link?: string
}

/** A ustar archive, written by hand: nothing is refused here. */
export function makeTar(entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocks), Buffer.alloc(1024)])
}

function blocks({ path, content = '', type = '0', link = '' }: Entry): Buffer[] {
  const body = Buffer.from(content)
  const header = Buffer.alloc(512)
  header.write(path, 0, 100, 'utf8')
  header.write('0000600\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('14000000000\0', 136)
  header.write('        ', 148)
  header.write(type, 156)
  header.write(link, 157, 100, 'utf8')
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]
}

export const manifest: Manifest = {
  format: 1,
  cluster: 'prod',
  host: 'cp1',
  createdAt: '2026-11-20T03:00:00Z',
  kubernetesVersion: 'v1.36.3',
  etcdVersion: '3.6.8',
  revision: 3049,
  etcdHash: 1510139270,
  totalKeys: 347,
  objects: { configmaps: 9, 'services/specs': 2, 'apiregistration.k8s.io/apiservices': 21 },
  nodes: ['cp1'],
}

/** As etcdctl leaves it: the bytes, and their SHA-256. */
export function makeSnapshot(bytes = 200_000): Buffer {
  const data = randomBytes(bytes)
  return Buffer.concat([data, createHash('sha256').update(data).digest()])
}

/** The files of a good archive; those of `changes` are others, or not there. */
export function goodFiles(
  changes: Readonly<Record<string, string | Uint8Array | undefined>> = {},
): Map<string, Uint8Array> {
  const files = Object.entries({
    'manifest.json': JSON.stringify(manifest),
    'kubeadm-config.yaml': 'kind: ClusterConfiguration\n',
    'inventory.yaml': 'cluster: prod\n',
    'kubernetes/pki/ca.key': 'secret\n',
    'kubernetes/a name with blanks': '',
    'etcd.snapshot': makeSnapshot(),
    ...changes,
  })
  return new Map(files.flatMap(([path, content]) => (content === undefined ? [] : [[path, Buffer.from(content)]])))
}

/** The list of sums of these files. */
export function sumsOf(files: ReadonlyMap<string, Uint8Array>): string {
  return [...files]
    .map(([path, content]) => `${createHash('sha256').update(content).digest('hex')}  ${path}\n`)
    .join('')
}

/** A good archive's entries, as provision's shell makes them. `sums` in place of the right ones. */
export function goodEntries(files = goodFiles(), sums = sumsOf(files)): Entry[] {
  const all = [...files].map(([path, content]): Entry => ({ path, content }))
  const [first, ...rest] = all
  return [first as Entry, { path: 'SHA256SUMS', content: sums }, { path: 'kubernetes/', type: '5' }, ...rest]
}
