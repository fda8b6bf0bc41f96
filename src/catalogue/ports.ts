import { z } from '../zod.ts'

const opening = z.strictObject({
  name: z.string(),
  protocol: z.enum(['tcp', 'udp', 'ipip']),
  /** `6443` or `2379-2380`; none of a protocol without ports. */
  ports: z.string().optional(),
  on: z.array(z.enum(['control-plane', 'worker'])),
  from: z.array(z.enum(['anyone', 'nodes', 'control-planes', 'pods'])),
  with: z.enum(['kube-proxy', 'kube-router', 'service-proxy', 'ipip', 'fou', 'names']).optional(),
})

/** The schema of ports.yaml. */
export const portsSchema = z.array(opening)

/** A row of ports.yaml. */
export type Opening = z.output<typeof opening>
