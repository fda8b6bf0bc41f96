import { z } from 'zod'
import { withHint } from '../yaml/explain.ts'
import * as field from './fields.ts'

/** Which of its addresses a host has as a node, where that is not the one it is reached by. */
export const node = z
  .strictObject({
    address: z
      .string()
      .refine(field.isIP, withHint('must be an IP address', 'write one of the addresses of the host'))
      .optional()
      .describe('This one'),
    interface: z
      .string()
      .regex(/^[A-Za-z0-9_.:-]{1,15}$/, withHint('is not the name of an interface', 'write it as `ip link` shows it'))
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
