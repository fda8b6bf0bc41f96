import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { isIP } from '../addresses.ts'
import * as field from '../fields.ts'

const mode = z
  .enum(['open', 'off', 'leave'])
  .describe('open: open the required ports in firewalld or ufw; off: disable both; leave: change nothing')

const network = z.union([field.subnet, z.string().refine(isIP, 'must be a subnet or an IP address')])

/** Whether both ends of `FROM-TO/tcp` are ports, in order. */
function arePorts(text: string): boolean {
  const [from = 0, to = from] = text.replace(/\/.*/, '').split('-').map(Number)
  return from >= 1 && from <= to && to <= 65535
}

/** The `firewall` setting: a word, or the word with what goes with it. */
export const firewall = z
  .union([
    mode,
    z.strictObject({
      mode: mode.default('open'),
      nodes: z
        .array(network)
        .min(1, 'must list a network')
        .optional()
        .describe('Networks of the nodes. Default: the addresses of the hosts in this file'),
      ports: z
        .array(
          z
            .string()
            .regex(
              /^\d{1,5}(-\d{1,5})?\/(tcp|udp)$/,
              withHint('must be PORT/tcp or PORT/udp', 'write for example 8472/udp'),
            )
            .refine(
              arePorts,
              withHint('is not a port or a range of ports', 'write ports from 1 to 65535, the lower one first'),
            ),
        )
        .default([])
        .describe('Further ports to open between nodes, as PORT/tcp or PORT/udp, for your own pod network'),
    }),
  ])
  .default('open')
  .describe('Firewalls on the hosts: open, off or leave; or { mode, nodes, ports }')
