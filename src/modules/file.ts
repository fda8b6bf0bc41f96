import { createHash } from 'node:crypto'
import { z } from 'zod'
import { sh, type ShellText } from '../shell/quote.ts'
import { defineModule, type ModuleContext, type TaskBody } from './module.ts'
import { absolutePath, fileMode, owner } from './fields.ts'

/** A file with given content, or a directory, or the absence of a file. */
export const file = defineModule({
  name: 'file',
  summary: 'A file with given content and mode, a directory, or nothing at that path.',
  schema: z.union([
    z.strictObject({ path: absolutePath, content: z.string(), mode: fileMode('0644'), owner, group: owner }),
    z.strictObject({ path: absolutePath, from: z.string(), mode: fileMode('0644'), owner, group: owner }),
    z.strictObject({ path: absolutePath, directory: z.literal(true), mode: fileMode('0755'), owner, group: owner }),
    z.strictObject({ path: absolutePath, absent: z.literal(true) }),
  ]),
  compile(args, context): TaskBody {
    if ('absent' in args) return absent(args.path)
    if ('directory' in args) return directory(args)
    const content = 'content' in args ? args.content : context.readFile(args.from)
    return wholeFile({ ...args, content }, context)
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
  const digest = createHash('sha256').update(spec.content).digest('hex')
  const secret = typeof spec.content === 'string' && context.isSecret(spec.content)
  const content = `${context.id}_content` as ShellText
  const mode = spec.mode.replace(/^0+(?=.)/, '')
  return {
    content: spec.content,
    prefetch: { files: [spec.path] },
    check: sh`file_is ${spec.path} ${mode} ${spec.owner} ${spec.group} ${digest}`,
    apply: sh`
      ledger_file ${spec.path}
      ${content} | write_file ${spec.path} ${mode} ${spec.owner} ${spec.group}`,
    diff: secret ? undefined : sh`${content} | diff_file ${spec.path}`,
  }
}

function directory(args: { path: string; mode: string; owner: string; group: string }): TaskBody {
  const mode = args.mode.replace(/^0+(?=.)/, '')
  return {
    check: sh`[ -d ${args.path} ] && [ "$(stat -c '%a %U %G' ${args.path})" = ${`${mode} ${args.owner} ${args.group}`} ]`,
    apply: sh`
      ledger_file ${args.path}
      mkdir -p ${args.path}
      chown ${`${args.owner}:${args.group}`} ${args.path}
      chmod ${mode} ${args.path}`,
  }
}

function absent(path: string): TaskBody {
  return {
    check: sh`[ ! -e ${path} ] && [ ! -L ${path} ]`,
    apply: sh`
      ledger_file ${path}
      rm -f ${path}`,
  }
}
