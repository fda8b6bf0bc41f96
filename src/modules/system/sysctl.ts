import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { exactlyOne, fileStem } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule, type TaskBody } from '../module.ts'

const key = z
  .string()
  .regex(/^[A-Za-z0-9_]+([./][A-Za-z0-9_:-]+)+$/, 'must be a sysctl key such as net.ipv4.ip_forward')
const value = z.union([z.string().regex(/^[^\n]+$/, 'must be one line'), z.number()]).transform(String)

/**
 * Kernel settings, in effect now and after the next boot. A key is in effect when /proc/sys says so; the file's name puts it
 * behind all others, since at boot the last file read wins, and what is read later still is looked at.
 */
export const sysctl = defineModule({
  name: 'sysctl',
  summary: 'Kernel settings, in effect now (as /proc/sys says) and after the next boot.',
  schema: z
    .strictObject({
      settings: z.record(key, value).optional().describe('Keys and values'),
      key: key.optional().describe('One key'),
      value: value.optional().describe('Its value'),
      name: fileStem
        .optional()
        .describe('Names the file /etc/sysctl.d/zz-provision-NAME.conf; made from the keys by default'),
    })
    .refine((args) => exactlyOne(args, ['settings', 'key']), 'needs either settings, or key and value')
    .refine((args) => (args.key === undefined) === (args.value === undefined), 'key and value go together'),
  compile(args, context): TaskBody {
    const settings = args.settings ?? { [args.key as string]: args.value as string }
    const entries = Object.entries(settings).map(([name, text]) => [name, text.trim().replace(/\s+/g, ' ')] as const)
    const stem = args.name ?? nameOf(Object.keys(settings))
    const path = `/etc/sysctl.d/zz-provision-${stem}.conf`
    const content = `# Managed by provision\n${entries.map(([name, text]) => `${name} = ${text}\n`).join('')}`
    const words = entries.flatMap(([name, text]) => [pathOf(name), text])
    const digest = digestOf(content)
    return {
      content,
      prefetch: { files: [path] },
      check: sh`
        file_is ${path} 644 root root ${digest} || exit 1
        sysctls_are ${words} && sysctls_stay ${words}`,
      apply: sh`
        ledger_file ${path}
        ${raw(`${context.id}_content`)} | write_file ${path} 644 root root ${digest}
        set_sysctls ${words}
        keep_sysctls ${stem} ${words}`,
      diff: sh`${raw(`${context.id}_content`)} | diff_file ${path}`,
    }
  },
})

/** sysctl's own rule: where the first separator is a slash, dots are part of names (net/ipv4/conf/eth0.5/forwarding). */
function pathOf(name: string): string {
  return name.search(/[./]/) === name.indexOf('/') ? name : name.replaceAll('.', '/')
}

function nameOf(keys: readonly string[]): string {
  if (keys.length === 1) return (keys[0] as string).replace(/[^A-Za-z0-9_-]/g, '-')
  return digestOf(keys.toSorted().join('\n')).slice(0, 8)
}
