import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** What we wrote of registries that are neither mirrored nor the site's own any more; what others wrote is left alone. */
export const removedRegistries = defineModule({
  name: 'removedRegistries',
  summary: 'Removes the files that provision wrote for registries that the inventory no longer names.',
  schema: z.strictObject({
    keep: z.array(z.string()).describe('Registries that are named'),
  }),
  compile({ keep }) {
    return {
      check: sh`[ -z "$(unnamed_registries ${keep})" ]`,
      apply: sh`
        unnamed_registries ${keep} | while read -r path; do
          say "removing $path"
          rm -f "$path" || exit 1
          rmdir "\${path%/*}" 2>/dev/null || :
        done`,
      diff: sh`unnamed_registries ${keep} | sed 's/^/- /'`,
    }
  },
})
