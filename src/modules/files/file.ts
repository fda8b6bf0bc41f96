import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, exactlyOne, fileName, octalMode, owner, plainMode } from '../fields.ts'
import { defineModule, type ModuleContext, type TaskBody } from '../module.ts'
import { digestOf } from './digest.ts'

/** A file with given content, or a directory, or the absence of a file. */
export const file = defineModule({
  name: 'file',
  summary: 'A file with given content and mode, a directory, or nothing at that path.',
  schema: z
    .strictObject({
      path: absolutePath.describe('Where it is on the host'),
      content: z.string().optional().describe('The whole file as text'),
      from: fileName.optional().describe('A file beside the playbook with the content, byte for byte'),
      directory: z.literal(true).optional().describe('A directory; what is in it is left alone'),
      absent: z.literal(true).optional().describe('No such file; a directory is not removed'),
      mode: octalMode.optional().describe('Octal mode, quoted; "0644" by default, "0755" for a directory'),
      owner,
      group: owner,
    })
    .refine(
      (args) => exactlyOne(args, ['content', 'from', 'directory', 'absent']),
      'needs exactly one of content, from, directory and absent',
    ),
  compile(args, context): TaskBody {
    if (args.absent) return absent(args.path)
    if (args.directory) return directory({ ...args, mode: args.mode ?? '0755' })
    const content = args.content ?? context.readFile(args.from as string)
    return wholeFile({ ...args, mode: args.mode ?? '0644', content }, context)
  },
})

export interface WholeFile {
  readonly path: string
  readonly content: string | Uint8Array
  readonly mode: string
  readonly owner: string
  readonly group: string
}

/** A regular file with exactly this content, mode and owner; what `file`, `template` and others are made of. */
export function wholeFile(spec: WholeFile, context: ModuleContext): TaskBody {
  const digest = digestOf(spec.content)
  const secret = typeof spec.content === 'string' && context.isSecret(spec.content)
  const content = raw(`${context.id}_content`)
  const mode = plainMode(spec.mode)
  return {
    content: spec.content,
    prefetch: { files: [spec.path] },
    check: sh`file_is ${spec.path} ${mode} ${spec.owner} ${spec.group} ${digest}`,
    apply: sh`
      ledger_file ${spec.path}
      ${content} | write_file ${spec.path} ${mode} ${spec.owner} ${spec.group} ${digest}`,
    diff: secret ? undefined : sh`${content} | diff_file ${spec.path} ${mode}`,
  }
}

function directory(args: { path: string; mode: string; owner: string; group: string }): TaskBody {
  const mode = plainMode(args.mode)
  return {
    check: sh`[ -d ${args.path} ] && [ "$(stat -c '%a %U %G' ${args.path})" = ${`${mode} ${args.owner} ${args.group}`} ]`,
    apply: sh`
      ledger_file ${args.path}
      make_directory ${args.path} ${mode} ${args.owner} ${args.group}`,
  }
}

function absent(path: string): TaskBody {
  return {
    check: sh`[ ! -e ${path} ] && [ ! -L ${path} ]`,
    apply: sh`
      ledger_file ${path}
      remove_file ${path}`,
  }
}
