import { z } from '../../zod.ts'
import * as field from '../fields.ts'

/** The `timeouts` section: what depends on hosts and links. What depends on neither has limits of its own. */
export const timeouts = z
  .strictObject({
    download: field
      .patience('30s', '24h')
      .default('30m')
      .describe('Limit of each task that fetches packages, images or files. All images of a node are one task'),
    ready: field
      .patience('30s', '24h')
      .default('5m')
      .describe(
        'Limit of each wait: cloud-init, another package manager, nodes and system pods, cluster verification, add-ons',
      ),
  })
  .prefault({})
  .describe('Time limits')
