import { z } from '../zod.ts'
import type { Opening } from './ports.ts'
import type { System } from './systems.ts'

const minor = z.strictObject({ newest: z.string(), pause: z.string(), coredns: z.string(), etcd: z.string() })

const addon = z.strictObject({
  summary: z.string(),
  /** Of the program it installs, as its project writes it; empty where it is objects of Kubernetes alone. */
  version: z.string(),
  images: z.record(z.string(), z.string()),
  /** Those that the presets’ mirrors of Docker Hub refuse, by the same names: from where their publishers have them in China. */
  imagesInChina: z.record(z.string(), z.string()).default({}),
})

/** The schema of catalogue.yaml. */
export const catalogueSchema = z.strictObject({
  kubernetes: z.strictObject({
    default: z.string(),
    minors: z.record(z.string(), minor),
    ended: z.record(z.string(), z.string()),
    oldestV1beta4: z.int(),
    registry: z.string(),
    repository: z.url(),
    packages: z.array(z.string()),
  }),
  docker: z.strictObject({
    repository: z.url(),
    version: z.string(),
    containerd: z.string(),
    packages: z.array(z.string()),
    /** Of the client, with versions of their own. */
    plugins: z.array(z.string()),
  }),
  'cri-dockerd': z.strictObject({ version: z.string(), url: z.string() }),
  helm: z.strictObject({
    version: z.string(),
    url: z.url(),
    /** SHA-256 of that version's archives, by processor. */
    sha256: z.strictObject({ amd64: z.string(), arm64: z.string() }),
  }),
  'kube-router': z.strictObject({ image: z.string() }),
  addons: z.record(z.string(), addon),
  busybox: z.strictObject({ image: z.string() }),
})

/** What this release installs and from where. */
export interface Catalogue extends z.output<typeof catalogueSchema> {
  readonly systems: readonly System[]
  readonly ports: readonly Opening[]
}

/** `1.36` of `1.36.3`. */
export function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}
