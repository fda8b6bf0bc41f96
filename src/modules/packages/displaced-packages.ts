import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** Package managers remove what stands in the way of what they install: of a runtime, with the containers that run in it. */
export const displacedPackages = defineModule({
  name: 'displacedPackages',
  summary: 'Fails, in a plan too, where packages are installed that later ones would displace, and says what to do.',
  schema: z.strictObject({
    names: z
      .array(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]*$/, 'must be a package name'))
      .min(1)
      .describe('The packages'),
    by: z.string().describe('What would displace them, for the message'),
    otherwise: z.string().describe('What to write into the inventory instead; empty where nothing helps'),
  }),
  compile: (args) => ({
    prefetch: { packages: args.names },
    check: sh`none_displaced ${args.by} ${args.otherwise} ${args.names}`,
    apply: sh`:`,
  }),
})
