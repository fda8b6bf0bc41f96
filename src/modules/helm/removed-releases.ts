import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** What we have installed with Helm, and the inventory names no longer. */
export const removedReleases = defineModule({
  name: 'removedReleases',
  summary: 'Uninstalls releases of Helm that the inventory no longer names: only those that provision installed.',
  schema: z.strictObject({
    keep: z
      .array(z.string().regex(/^\S+\/\S+$/, 'must be NAMESPACE/NAME'))
      .describe('NAMESPACE/NAME of each that is named'),
  }),
  timeout: 1800,
  library: 'helm',
  compile({ keep }) {
    return {
      // Helm stays as long as there is one: where it is not, there is none.
      check: sh`
        command -v helm >/dev/null || exit 0
        gone=$(other_releases ${keep}) || exit 2
        [ -z "$gone" ]`,
      apply: sh`
        for gone in $(other_releases ${keep}); do
          say "uninstalling $gone"
          remove_release "$gone"
        done`,
      diff: sh`
        for gone in $(other_releases ${keep}); do
          echo "- $gone"
          release_objects "$gone" | sed 's/^/-   /'
        done`,
    }
  },
})
