import { z } from '../zod.ts'

/** What a journal is about, by control plane: what was there when the restore or rebuild began. */
export const worldSchema = z.record(
  z.string(),
  z.object({
    boot: z.string(),
    /** Whether its API server and its etcd served. */
    serves: z.boolean(),
    /** SHA-256 of the CA's public key, in hex. */
    ca: z.string().optional(),
    /** Ids as etcd prints them, in decimal. */
    etcd: z.object({ cluster: z.string(), member: z.string(), revision: z.number() }).optional(),
  }),
)
export type World = z.infer<typeof worldSchema>
