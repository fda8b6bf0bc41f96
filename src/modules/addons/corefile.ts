import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule, type TaskBody } from '../module.ts'

const addresses = z.array(z.string().regex(/^[0-9A-Fa-f:.]+$/, 'must be an IP address'))

/**
 * What we set in CoreDNS's Corefile: server blocks for zones, known by their zone and not by comments, which kubeadm's
 * migration of Corefiles does not keep; and where all other names go. Whatever else is in the file is left alone.
 */
export const corefile = defineModule({
  name: 'corefile',
  summary: 'Which servers the cluster’s CoreDNS asks, for zones and for all other names; from a control plane.',
  schema: z.strictObject({
    zones: z
      .array(
        z.strictObject({
          zone: z.string().regex(/^[a-z0-9.-]+$/, 'must be a domain'),
          servers: addresses.min(1),
        }),
      )
      .describe('Zones and the IP addresses of their servers, asked in order. Earlier zones are removed'),
    forwarders: addresses.describe('Asked for all other names; empty: the resolvers of the node that CoreDNS runs on'),
  }),
  timeout: 120,
  library: 'corefile',
  compile({ zones, forwarders }): TaskBody {
    const words = sh`${forwarders.join(' ')} ${zones.flatMap(({ zone, servers }) => [zone, blockOf(zone, servers)])}`
    const wanted = zones.length + forwarders.length > 0
    return {
      // Where nothing ever was set, nobody has to ask the API server.
      check: wanted ? sh`corefile_is ${raw(words)}` : sh`[ ! -e "$P_STATE/corefile" ] || corefile_is ${raw(words)}`,
      apply: sh`set_corefile ${raw(words)}`,
      diff: sh`corefile_diff ${raw(words)}`,
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
