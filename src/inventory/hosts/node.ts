import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'

/** Which of its addresses a host has as a node, where that is not the one it is reached by. */
export const node = z
  .strictObject({
    address: field.nodeAddress.optional().describe('This one'),
    interface: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]{1,15}$/, withHint('is not the name of an interface', 'write it as `ip link` shows it'))
      .refine(
        (link) =>
          !/^(lo|docker0|cni0|kube-bridge|kube-ipvs0|kube-dummy-if|tunl0|flannel\.\d+|(cali|veth|br-).*)$/.test(link),
        withHint(
          'is an interface of the host for itself or its containers',
          'write the one by which other hosts are reached, such as eth0',
        ),
      )
      .optional()
      .describe('The first of this interface'),
    network: field.subnet.optional().describe('The first in this network'),
  })
  .refine((one) => Object.values(one).filter((value) => value !== undefined).length === 1, {
    message: withHint('needs one of address, interface and network', 'write for example node: { network: 10.0.0.0/8 }'),
  })
  .optional()
  .describe(
    'By which of its addresses other nodes reach it: { address }, { interface } or { network }; by `address` without it',
  )
