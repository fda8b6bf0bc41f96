import { createHash } from 'node:crypto'
import { z } from 'zod'
import { lines, raw, sh } from '../shell/quote.ts'
import { absolutePath, templateName } from './fields.ts'
import { defineModule, type TaskBody } from './module.ts'

/**
 * Docker's daemon.json, of which keys that others set stay theirs: see docs/decisions/028-settings-of-others.md. What the
 * inventory names lies over theirs, what is only our default beneath.
 */
export const dockerSettings = defineModule({
  name: 'dockerSettings',
  summary:
    'Docker’s daemon.json: what the inventory names lies over what others set, and that over our defaults. Refused where Docker would not start with both, or not find its data any more.',
  schema: z.strictObject({
    path: absolutePath.describe('The daemon.json'),
    from: templateName.describe('The template: a JSON object of all that is ours'),
    chosen: z.array(z.string()).describe('Keys of it that the inventory names'),
    cri: z.enum(['containerd', 'cri-dockerd']).describe('What the kubelet talks to'),
    only: z.literal('refuse').optional().describe('Changes nothing, and fails where it is refused'),
  }),
  library: 'docker',
  compile(args, context): TaskBody {
    const content = context.render(args.from)
    const text = raw(`${context.id}_content`)
    const words = sh`${args.path} ${args.cri} ${args.chosen}`
    const wanted = sh`${text} | docker_settings ${raw(words)} >"$P_RUN/docker.wanted"`
    // Ours alone: there is nothing to be merged, and nothing to be asked.
    const alone = sh`! file_is ${args.path} 644 root root ${createHash('sha256').update(content).digest('hex')} || exit 0`
    const prefetch = { files: [args.path] }
    if (args.only === 'refuse') return { content, prefetch, check: lines(alone, wanted), apply: sh`:` }
    return {
      content,
      prefetch,
      check: lines(alone, sh`${text} | docker_settings_are ${raw(words)}`),
      apply: sh`${text} | set_docker_settings ${raw(words)}`,
      diff: context.isSecret(content)
        ? undefined
        : sh`
          ${raw(wanted)}
          diff_file ${args.path} 644 <"$P_RUN/docker.wanted"`,
    }
  },
})
