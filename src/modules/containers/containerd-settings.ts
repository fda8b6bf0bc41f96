import { z } from '../../zod.ts'
import { absolutePath, templateName } from '../fields.ts'
import { settingsOfOthers } from '../files/settings-of-others.ts'
import { defineModule } from '../module.ts'

/** containerd's config.toml, in which settings of others stay: see docs/decisions/028-settings-of-others.md. */
export const containerdSettings = defineModule({
  name: 'containerdSettings',
  summary:
    'containerd’s config.toml: the template merged over the settings that are there, which stay. Refused where a setting can neither stay nor go.',
  schema: z.strictObject({
    path: absolutePath.describe('The config.toml'),
    from: templateName.describe('The template of the settings that provision makes'),
    only: z.literal('refuse').optional().describe('Changes nothing, and fails where it is refused'),
  }),
  library: 'containerd',
  compile({ path, from, only }, context) {
    return settingsOfOthers({ name: 'containerd', path, content: context.render(from), only }, context)
  },
})
