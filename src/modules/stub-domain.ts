import { z } from 'zod'
import { lines, raw, sh } from '../shell/quote.ts'
import { defineModule, type TaskBody } from './module.ts'

/**
 * A server block of CoreDNS's Corefile for one zone, so that pods resolve it. The block is known by its zone, not by
 * comments, which kubeadm's migration of Corefiles does not keep; whatever else is in the file is left alone.
 */
export const stubDomain = defineModule({
  name: 'stubDomain',
  summary: 'A zone for which the cluster’s CoreDNS asks servers of its own, from a control plane.',
  schema: z.strictObject({
    zone: z
      .string()
      .regex(/^[a-z0-9.-]+$/, 'must be a domain')
      .describe('The zone; all others go where they went'),
    servers: z
      .array(z.string().regex(/^[0-9A-Fa-f:.]+$/, 'must be an IP address'))
      .min(1)
      .describe('IP addresses of its servers, asked in this order'),
    absent: z.literal(true).optional().describe('No such zone'),
  }),
  timeout: 120,
  library: 'corefile',
  compile(args): TaskBody {
    const block = args.absent ? '' : blockOf(args.zone, args.servers)
    // There may be such a block: where there never was one, nobody has to ask the API server for it.
    const mark = raw(`"$P_STATE"/stub-domain-${args.zone}`)
    return {
      check: lines(
        args.absent ? sh`[ -e ${mark} ] && exit 1 || exit 0` : sh`[ -e ${mark} ] || exit 1`,
        !args.absent && sh`stub_is ${args.zone} ${block}`,
      ),
      apply: lines(
        !args.absent && sh`: >${mark}`,
        sh`set_stub ${args.zone} ${block}`,
        args.absent && sh`rm -f ${mark}`,
      ),
      diff: sh`stub_diff ${args.zone} ${block}`,
    }
  },
})

/** Asked in order: a server that is silent costs CoreDNS two seconds, then the next one is asked. */
function blockOf(zone: string, servers: readonly string[]): string {
  return [
    `${zone}:53 {`,
    '    errors',
    '    cache 30',
    `    forward . ${servers.join(' ')} {`,
    '        policy sequential',
    '    }',
    '}',
  ].join('\n')
}
