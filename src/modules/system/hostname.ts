import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** The host's own name; names of other hosts are a matter of /etc/hosts or DNS. */
export const hostname = defineModule({
  name: 'hostname',
  summary: "The host's name, now and after the next boot. Fails where the host is a node of another name.",
  schema: z.strictObject({
    name: z
      .string()
      .max(64)
      .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/, 'must be a DNS name in lower case')
      .describe('Lower case, as Kubernetes wants node names'),
  }),
  compile: (args) => ({
    check: sh`may_be_called ${args.name} && hostname_is ${args.name}`,
    apply: sh`set_hostname ${args.name}`,
  }),
})
