import { lines, quote, raw, type ShellText, sh } from '../shell/quote.ts'
import { seconds } from '../yaml/duration.ts'
import { z } from '../zod.ts'

/** An absolute path that is one shell word, one `stat` line and no surprise. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\n\\=]*$/, 'must be an absolute path without newline, backslash or =')
  .refine((path) => !path.split('/').includes('..'), 'must not contain ..')

/** An octal mode as a string: a bare 0644 is the number 420 in YAML. */
export const octalMode = z
  .string({ error: 'must be a quoted octal string such as "0644": YAML reads a bare 0644 as a number' })
  .regex(/^0?[0-7]{3,4}$/, 'must be an octal mode such as "0644"')

/** The mode of a file, which there always is one of. */
export function fileMode(fallback: string) {
  return octalMode.default(fallback).describe('Octal mode, quoted')
}

/** A mode as `stat` prints it. */
export function plainMode(mode: string): string {
  return mode.replace(/^0+(?=.)/, '')
}

/** A user or group by name. */
export const owner = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]*$/, 'must be a user or group name')
  .default('root')
  .describe('By name')

/** A full systemd unit name. */
export const unitName = z
  .string()
  .regex(
    /^[A-Za-z0-9@_.:-]+\.(service|socket|timer|path|mount|swap|target)$/,
    'must be a full unit name such as docker.service',
  )

/** What names a file that a module makes in some `.d` directory. */
export const fileStem = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'must be letters, digits, - and _: it becomes part of a file name')

export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')

/** http(s) only: what every host can fetch by some program of its own. */
export const webAddress = z
  .string()
  .regex(/^https?:\/\/[^\s'"\\]+$/, 'must be an http:// or https:// address without blanks or quotes')

/** Several lines or a command are fine, NUL is not. */
export const shellText = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL byte')

/** Environment of a command: the way to hand it values, since they need no quoting there. */
export const environment = z
  .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a variable name'), z.coerce.string())
  .default({})
  .describe('Environment variables; the safe way to hand values to a command, which needs no quoting then')

/** Hands such values to what comes after. */
export function exported(values: z.output<typeof environment>): ShellText {
  return lines(...Object.entries(values).map(([name, value]) => sh`export ${raw(`${name}=${quote(value)}`)}`))
}

/** `90s`, `5m`, `1h` or a number of seconds, as seconds. */
export const duration = z
  .union([z.int().positive(), z.string().regex(/^[1-9][0-9]*[smh]?$/, 'must be a duration such as 90s, 5m or 1h')])
  .transform((value) => seconds(String(value)))

/** What an add-on is called, in the cluster too. */
export const addonName = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label')

/** Names an EJS template, which must be there, and compile, before any host is contacted. */
export const templateName = z.string().min(1).meta({ refersTo: 'template' })

/** Names a file relative to the playbook, which must be there before any host is contacted. */
export const fileName = z.string().min(1).meta({ refersTo: 'file' })

/** Problems that only two fields together can have. */
export function exactlyOne(args: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.filter((name) => args[name] !== undefined).length === 1
}
