import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, templateName } from '../fields.ts'
import { settingsOfOthers } from '../files/settings-of-others.ts'
import { defineModule } from '../module.ts'

/**
 * Docker's daemon.json, of which keys that others set stay theirs: see docs/decisions/028-settings-of-others.md. What the
 * inventory names lies over theirs, what is only our default beneath.
 */
export const dockerSettings = defineModule({
  name: 'dockerSettings',
  summary:
    'Docker’s daemon.json: settings of the inventory, over those that are there, over defaults. Refused where Docker would not start with both, or would no longer find its data.',
  schema: z.strictObject({
    path: absolutePath.describe('The daemon.json'),
    from: templateName.describe('The template: a JSON object of the settings that provision makes'),
    chosen: z.array(z.string()).describe('Keys of it that the inventory names'),
    cri: z.enum(['containerd', 'cri-dockerd']).describe('What the kubelet talks to'),
    only: z.literal('refuse').optional().describe('Changes nothing, and fails where it is refused'),
  }),
  library: 'docker',
  compile({ path, from, chosen, cri, only }, context) {
    const content = context.render(from)
    return settingsOfOthers({ name: 'docker', path, content, words: sh`${cri} ${chosen}`, only }, context)
  },
})
