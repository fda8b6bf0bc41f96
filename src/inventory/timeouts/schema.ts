import { z } from '../../zod.ts'
import * as field from '../fields.ts'

/** The `timeouts` section: what depends on hosts and links. What depends on neither has limits of its own. */
export const timeouts = z
  .strictObject({
    download: field
      .patience('30s', '24h')
      .default('30m')
      .describe('One task that fetches packages, images or files; all images of a node are one'),
    ready: field
      .patience('30s', '24h')
      .default('5m')
      .describe(
        'Each wait for cloud-init, for another package manager, for nodes and pods of the system, for the proof of the cluster, and for an add-on',
      ),
  })
  .prefault({})
  .describe('How long a run waits')
