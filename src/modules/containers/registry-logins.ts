import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule, type TaskBody } from '../module.ts'

/**
 * Logins at image registries in a `config.json`, as Docker's client and the kubelet read it
 * (https://docs.docker.com/reference/cli/docker/login/). A file that somebody else wrote is left alone, and told of.
 */
export const registryLogins = defineModule({
  name: 'registryLogins',
  summary:
    'Logins at image registries, for Docker’s client or the kubelet; none takes back those that were written before.',
  schema: z.strictObject({
    path: absolutePath.describe('The config.json'),
    logins: z
      .array(z.strictObject({ host: z.string().min(1), auth: z.string().min(1).describe('base64 of user:password') }))
      .describe('All logins of the file'),
  }),
  compile(args, context): TaskBody {
    if (args.logins.length === 0) {
      return {
        prefetch: { files: [args.path] },
        check: sh`[ ! -e ${args.path} ] || ! file_is_ours ${args.path}`,
        apply: sh`
          ledger_file ${args.path}
          remove_file ${args.path}`,
      }
    }
    const auths = Object.fromEntries(args.logins.map(({ host, auth }) => [host, { auth }]))
    const text = `${JSON.stringify({ auths }, null, 2)}\n`
    const digest = digestOf(text)
    const content = raw(`${context.id}_content`)
    const hosts = args.logins.map(({ host }) => host)
    return {
      content: text,
      prefetch: { files: [args.path] },
      check: sh`logins_are ${args.path} ${digest} ${hosts}`,
      apply: sh`
        ledger_file ${args.path}
        umask 077
        ${content} | write_file ${args.path} 600 root root ${digest}`,
    }
  },
})
