import { createHash } from 'node:crypto'
import { z } from 'zod'
import { lines, raw, sh } from '../shell/quote.ts'
import { absolutePath, templateName } from './fields.ts'
import { defineModule, type TaskBody } from './module.ts'

/** containerd's config.toml, in which settings of others stay: see docs/decisions/028-settings-of-others.md. */
export const containerdSettings = defineModule({
  name: 'containerdSettings',
  summary:
    'containerd’s config.toml: ours over what others set, which stays. Refused where something of theirs can neither stay nor go.',
  schema: z.strictObject({
    path: absolutePath.describe('The config.toml'),
    from: templateName.describe('The template of all that is ours'),
    only: z.literal('refuse').optional().describe('Changes nothing, and fails where it is refused'),
  }),
  library: 'containerd',
  compile(args, context): TaskBody {
    const content = context.render(args.from)
    const text = raw(`${context.id}_content`)
    // Ours alone: there is nothing to be merged, and nothing to be asked.
    const alone = sh`! file_is ${args.path} 644 root root ${createHash('sha256').update(content).digest('hex')} || exit 0`
    const wanted = sh`${text} | containerd_settings ${args.path} >"$P_RUN/containerd.wanted"`
    const prefetch = { files: [args.path] }
    if (args.only === 'refuse') return { content, prefetch, check: lines(alone, wanted), apply: sh`:` }
    return {
      content,
      prefetch,
      check: lines(alone, sh`${text} | containerd_settings_are ${args.path}`),
      apply: sh`${text} | set_containerd_settings ${args.path}`,
      diff: sh`
        ${raw(wanted)}
        diff_file ${args.path} 644 <"$P_RUN/containerd.wanted"`,
    }
  },
})
