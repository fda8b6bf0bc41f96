import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** What we have applied as add-ons, and the inventory names no longer. */
export const removedAddons = defineModule({
  name: 'removedAddons',
  summary:
    'Uninstalls add-ons that the inventory no longer names: what provision applied of them, and no other objects.',
  schema: z.strictObject({
    keep: z.array(z.string()).describe('Add-ons that the inventory names'),
    theirs: z
      .record(z.string(), templateName)
      .default({})
      .describe('EJS templates of what add-ons have changed of others, as those have it; by add-on'),
  }),
  timeout: 600,
  library: 'addons',
  compile({ keep, theirs }, context) {
    const restore = Object.entries(theirs).map(
      ([name, template]) => sh`
        [ "$gone" != ${name} ] || printf %s ${context.render(template)} | api_apply`,
    )
    return {
      prefetch: { cluster: ['configmaps'] },
      check: sh`
        # No cluster yet.
        [ -e /etc/kubernetes/admin.conf ] || exit 0
        gone=$(other_addons ${keep}) || exit 2
        [ -z "$gone" ]`,
      apply: sh`
        for gone in $(other_addons ${keep}); do
          say "removing $gone"
          ${raw(lines(...restore))}
          remove_addon "$gone"
        done`,
      diff: sh`
        for gone in $(other_addons ${keep}); do
          addon_objects "$gone" | sed 's/^/- /'
        done`,
    }
  },
})
