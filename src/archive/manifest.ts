import { z } from '../zod.ts'

/** A number of the host's that is shown and compared only. */
const count = z.int().nonnegative()

// What is shown comes from a host, and may hold nothing that a terminal would act upon.
const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/)
const version = z.string().regex(/^[A-Za-z0-9.+-]*$/)

/** `manifest.json`, the first file of an archive. Format 1. */
export const manifestSchema = z.object({
  format: z.literal(1),
  cluster: name,
  /** The control plane that it was made on. */
  host: name,
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
  /** As kubeadm's configuration has it, `v1.36.3`; empty where nobody knew. */
  kubernetesVersion: version,
  /** `3.6.8` */
  etcdVersion: version,
  /** Of the snapshot; the objects are counted at this very revision. */
  revision: count,
  /** As `etcdutl snapshot status` prints it. */
  etcdHash: count,
  /** All keys of the snapshot in all their revisions, as etcdutl counts them. */
  totalKeys: count,
  /** Live keys below /registry by kind: `configmaps`, `services/specs`, of custom resources `GROUP/RESOURCE`. */
  objects: z.record(z.string().regex(/^[A-Za-z0-9._?/:-]+$/), count),
  nodes: z.array(name),
})

export type Manifest = z.infer<typeof manifestSchema>

/** How many objects an archive holds. */
export function objectCount(manifest: Manifest): number {
  return Object.values(manifest.objects).reduce((sum, each) => sum + each, 0)
}
