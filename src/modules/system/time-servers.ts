import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, templateName } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { wholeFile } from '../files/file.ts'
import { defineModule, type TaskBody } from '../module.ts'

/**
 * chrony's configuration. Where the inventory names no servers, those that the host has are better than any that we know:
 * a chrony.conf of somebody else stays, and servers of another time daemon are taken over.
 */
export const timeServers = defineModule({
  name: 'timeServers',
  summary:
    'chrony’s configuration. Without chosen servers, a file that provision did not write is left alone, and servers of another time daemon are taken over.',
  schema: z.strictObject({
    path: absolutePath.describe('chrony.conf'),
    from: templateName.describe('The template, with a line "server NAME iburst" for each'),
    chosen: z.boolean().describe('The inventory names them'),
  }),
  compile(args, context): TaskBody {
    const content = context.render(args.from)
    const ours = wholeFile({ path: args.path, content, mode: '0644', owner: 'root', group: 'root' }, context)
    if (args.chosen) return ours
    const digest = digestOf(content)
    const text = raw(`${context.id}_content`)
    return {
      ...ours,
      check: sh`
        if own_time_servers ${args.path} || file_is ${args.path} 644 root root ${digest}; then exit 0; fi
        digest=$(${text} | with_site_servers | sha256sum)
        file_is ${args.path} 644 root root "\${digest%% *}"`,
      apply: sh`
        if ! own_time_servers ${args.path}; then
          ledger_file ${args.path}
          ${text} | write_time_servers ${args.path} ${digest}
        fi`,
      diff: sh`${text} | with_site_servers | diff_file ${args.path} 644`,
    }
  },
})
