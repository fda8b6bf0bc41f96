import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/**
 * etcd, etcdctl and etcdutl as files of a control plane, from the image of its etcd: of the same version always. Backups are
 * made and proven with them, and they are at hand when no container starts any more.
 */
export const etcdTools = defineModule({
  name: 'etcdTools',
  summary: "etcd's own programs (etcd, etcdctl, etcdutl) as files of a control plane, out of the image of its etcd.",
  schema: z.strictObject({
    image: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 'must be the name of an image')
      .describe('Image to take them from where the node runs no etcd yet; otherwise it is the one that runs'),
    store: z.enum(['containerd', 'docker']).describe('Where the image is'),
  }),
  compile(args, context) {
    const library = raw(context.render('etcd/tools.sh'))
    return {
      check: lines(sh`${library}`, sh`etcd_tools_are ${args.image}`),
      apply: lines(sh`${library}`, sh`take_etcd_tools ${args.store} ${args.image}`),
    }
  },
})
