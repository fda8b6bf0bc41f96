import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, exactlyOne, fileMode, fileStem, owner, plainMode, templateName } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'

/** Some lines of a file that is otherwise somebody else's. */
export const lines = defineModule({
  name: 'lines',
  summary:
    'A block of lines between two markers in a file, in dnf.conf as the last of [main], in dhcpcd.conf as the first of all; the rest of the file is left alone. In a hosts file, a line that gives a name of the block another address becomes a comment.',
  schema: z
    .strictObject({
      path: absolutePath.describe('A regular file; symbolic links are refused'),
      block: fileStem.describe('Names the block in its markers: "# provision:NAME begin" and "# provision:NAME end"'),
      content: z.string().optional().describe('The lines'),
      from: templateName.optional().describe('An EJS template of the lines'),
      whereExists: absolutePath.optional().describe('Only where this exists: configuration of what may not be there'),
      absent: z.literal(true).optional().describe('No such block'),
      mode: fileMode('0644').describe(
        'Octal mode, quoted, of a file that is made; one that others may not read is that of a file that is there, too',
      ),
      owner,
      group: owner,
    })
    .refine((args) => exactlyOne(args, ['content', 'from', 'absent']), 'needs exactly one of content, from and absent'),
  compile(args, context): TaskBody {
    const text = args.absent ? undefined : (args.content ?? context.render(args.from as string))
    const block = text === undefined ? '' : blockOf(args.block, text)
    const mode = plainMode(args.mode)
    const check = sh`block_is ${args.path} ${args.block} ${block} ${mode}`
    return {
      check: args.whereExists === undefined ? check : sh`[ -e ${args.whereExists} ] || exit 0\n${raw(check)}`,
      apply: sh`set_block ${args.path} ${args.block} ${block} ${mode} ${args.owner} ${args.group}`,
      diff: context.isSecret(block)
        ? undefined
        : sh`with_block ${args.path} ${args.block} ${block} | diff_file ${args.path} ${mode}`,
    }
  },
})

/** The lines between their markers. */
export function blockOf(name: string, text: string): string {
  return `# provision:${name} begin\n${text.trimEnd()}\n# provision:${name} end`
}
