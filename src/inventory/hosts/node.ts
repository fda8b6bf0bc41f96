import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'

/** Which of its addresses a host has as a node, where that is not the one it is reached by. */
export const node = z
  .strictObject({
    address: field.nodeAddress.optional().describe('This address'),
    interface: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]{1,15}$/, withHint('is not an interface name', 'write it as `ip link` shows it'))
      .refine(
        (link) =>
          !/^(lo|docker0|cni0|kube-bridge|kube-ipvs0|kube-dummy-if|tunl0|flannel\.\d+|(cali|veth|br-).*)$/.test(link),
        withHint(
          'is an internal interface of the host or its containers',
          'write the interface that reaches other hosts, such as eth0',
        ),
      )
      .optional()
      .describe('The first address of this interface'),
    network: field.subnet.optional().describe('The first address in this network'),
  })
  .refine((one) => Object.values(one).filter((value) => value !== undefined).length === 1, {
    message: withHint(
      'requires one of address, interface and network',
      'write for example node: { network: 10.0.0.0/8 }',
    ),
  })
  .optional()
  .describe('Address for traffic between nodes: { address }, { interface } or { network }. Default: `address`')
