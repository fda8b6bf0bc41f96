import { quote, raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, duration, environment, exactlyOne, shellText, webAddress } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'

const schema = z
  .strictObject({
    port: z
      .int()
      .min(1)
      .max(65535)
      .optional()
      .describe('A TCP port: listening on this host, or open on another (`on`)'),
    on: z
      .string()
      .regex(/^[A-Za-z0-9.:-]+$/, 'must be a host name or address')
      .optional()
      .describe('The host whose port it is; this one by default'),
    http: webAddress.optional().describe('An address that answers 200 to 299'),
    insecure: z.boolean().default(false).describe('Do not verify the certificate of an https address'),
    path: absolutePath.optional().describe('A path that exists'),
    command: shellText.optional().describe('A command that succeeds; it must change nothing'),
    env: environment,
    within: duration.default(120).describe('How long it may take: 90s, 5m'),
    what: z.string().optional().describe('What is waited for, in words; shown while waiting'),
  })
  .refine(
    (args) => exactlyOne(args, ['port', 'http', 'path', 'command']),
    'needs exactly one of port, http, path and command',
  )
  .refine((args) => args.on === undefined || args.port !== undefined, 'on goes with port')

type Arguments = z.output<typeof schema>

/** Waits until something holds, and at the deadline says what it saw last. */
export const waitFor = defineModule<Arguments>({
  name: 'waitFor',
  summary: 'Waits until a port, an address, a path or a command answers; fails at the deadline with what it saw last.',
  schema,
  timeout: (args) => args.within + 300,
  compile(args): TaskBody {
    const [what, probe] = probeOf(args)
    const body = sh`
      probe() {
        ${raw(probe)}
      }`
    return {
      check: sh`
        ${raw(body)}
        if (probe); then exit 0; else exit 1; fi`,
      apply: sh`
        ${raw(body)}
        W_LIMIT=$(limit_of "$P_TASK")
        wait_for ${args.within} ${args.what ?? what} probe`,
    }
  },
})

function probeOf(args: Arguments): [what: string, probe: ShellText] {
  if (args.port !== undefined) {
    return [`port ${args.port}${args.on ? ` on ${args.on}` : ''}`, sh`port_open ${args.on ?? '-'} ${args.port}`]
  }
  if (args.http !== undefined) return [args.http, sh`http_ok ${args.http} ${raw(args.insecure ? 'insecure' : '')}`]
  if (args.path !== undefined) return [args.path, sh`[ -e ${args.path} ]`]
  const env = Object.entries(args.env).map(([name, value]) => `export ${name}=${quote(value)}; `)
  return ['the command', sh`(${raw(env.join(''))}eval ${args.command as string})`]
}
