import { z } from '../../zod.ts'

const sources = ['nodes', 'control-planes', 'pods'] as const

/** What the `firewall` word takes. */
export const firewallSchema = z.strictObject({
  mode: z.enum(['open', 'off']).describe('open lets in what follows where firewalld or ufw runs; off turns these off'),
  sources: z
    .strictObject({
      nodes: z.array(z.string()).describe('Addresses and subnets'),
      'control-planes': z.array(z.string()).describe('Addresses and subnets'),
      pods: z.array(z.string()).describe('Subnets; what comes from there and goes there is also forwarded'),
    })
    .describe('Who is meant by the words of from'),
  unresolved: z
    .array(z.string())
    .default([])
    .describe('Hosts that are known by a name only: nothing is opened while there are any'),
  openings: z
    .array(
      z.strictObject({
        name: z.string(),
        protocol: z.enum(['tcp', 'udp', 'ipip']),
        ports: z.string().optional(),
        from: z.array(z.enum(['anyone', ...sources])),
      }),
    )
    .describe('What is let in, and from which addresses'),
})

export type FirewallArguments = z.output<typeof firewallSchema>
