import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { wholeFile } from '../files/file.ts'
import { defineModule, type TaskBody } from '../module.ts'

/** The script, where it stays on the host: a directory from which SELinux lets services start programs. */
const installed = '/usr/local/sbin/provision-resolver'
const unit = 'provision-resolver.service'
/** What the host's way of resolving names may make us change, and what pods are given instead. */
const touched = ['/etc/resolv.conf', '/etc/systemd/resolved.conf.d/90-provision.conf', '/etc/kubernetes/resolv.conf']

const schema = z.union([
  z.strictObject({
    script: templateName.describe('Template of the script that knows how'),
    zone: z
      .string()
      .regex(/^[a-z0-9.-]+$/, 'must be a domain')
      .describe('Domain that the servers know; names without a dot are looked for in it'),
    servers: z
      .array(z.string().regex(/^[0-9A-Fa-f:.]+$/, 'must be an IP address'))
      .min(1)
      .describe('IP addresses of the servers, in order'),
  }),
  z.strictObject({ absent: z.literal(true).describe('Only the host’s own resolvers, and no settings of provision') }),
])

/**
 * DNS servers of our own beside the host's, in the way its system wants. Which way that is can change at any time, so a
 * script decides it on the host, which stays there and looks whether somebody else rewrites resolv.conf.
 */
export const resolver = defineModule<z.output<typeof schema>>({
  name: 'resolver',
  summary:
    'DNS servers for one zone beside the host’s own resolvers: as a drop-in of systemd-resolved, or in /etc/resolv.conf.',
  schema,
  timeout: 120,
  compile(args, context): TaskBody {
    if ('absent' in args) return absent
    const script = wholeFile(
      { path: installed, content: context.render(args.script), mode: '0755', owner: 'root', group: 'root' },
      context,
    )
    const run = (how: string) =>
      sh`$P_SH -c "$(${raw(context.id)}_content)" resolver ${raw(how)} ${args.zone} ${args.servers}`
    return {
      ...script,
      check: lines(sh`${raw(script.check)} || exit 1`, run('check')),
      apply: lines(
        script.apply,
        sh`for touched in ${touched}; do ledger_file "$touched"; done`,
        sh`${installed} apply ${args.zone} ${args.servers}`,
      ),
      diff: run('show'),
    }
  },
})

/** The script goes last: while it is there, the rest may be. */
const absent: TaskBody = {
  check: sh`[ ! -e ${installed} ]`,
  apply: sh`
    systemctl -q disable --now ${unit} || :
    ${installed} remove
    rm -f ${`/etc/systemd/system/${unit}`}
    systemctl daemon-reload
    rm -f ${installed}`,
}
