import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { packageVersion } from '../fields.ts'

/** Whose packages of Docker and containerd are installed. */
export const dockerPackages = z.enum(['docker', 'distribution'])

/** A version of Docker, or of a minor the newest. */
export const dockerVersion = z
  .string()
  .regex(/^\d+(\.\d+){0,2}([-+~][\w.+~:-]*)?$/, withHint('is not a version', 'write for example 29.7.2'))

/** `docker` and `containerd` of one host, over the cluster's: one distribution has what another lacks. */
export const hostRuntime = {
  docker: z
    .strictObject({
      packages: dockerPackages.optional().describe('As docker.packages of the cluster, for this host'),
      version: dockerVersion.optional().describe('As docker.version of the cluster, for this host'),
    })
    .optional()
    .describe('Docker of this host, if it differs from that of the cluster'),
  containerd: z
    .strictObject({ version: packageVersion.describe('As containerd.version of the cluster, for this host') })
    .optional()
    .describe('The containerd of this host, if it differs from that of the cluster'),
}
