import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { restoreId } from '../etcd/etcd-restore.ts'
import { defineModule } from '../module.ts'

/**
 * Nothing is written any more: what is saved from here on is all there is. With `etcd`, its data lies still as well.
 * `motion` undoes it: a rebuild that is given up leaves what it found.
 */
export const standStill = defineModule({
  name: 'standStill',
  summary: "Brings a control plane's API server, and etcd where it is asked for, to a standstill, or back into motion.",
  schema: z.strictObject({
    id: restoreId,
    etcd: z.boolean().default(false).describe('Also etcd, after the API server'),
    motion: z.literal(true).optional().describe('The other way: what was brought to a standstill is started again'),
  }),
  timeout: 300,
  compile(args, context) {
    const library = raw(context.render('rebuild/still.sh'))
    const components = args.etcd ? ['kube-apiserver', 'etcd'] : ['kube-apiserver']
    if (args.motion) {
      return {
        check: sh`
          for manifest in "$P_STATE"/rebuild/${args.id}/manifests/*.yaml; do [ ! -e "$manifest" ] || exit 1; done`,
        apply: sh`
          ${library}
          put_in_motion ${args.id}`,
      }
    }
    return {
      check: sh`
        ${library}
        for component in ${components}; do still "$component" || exit 1; done`,
      apply: sh`
        ${library}
        bring_to_still ${args.id} ${components}`,
      output: sh`printf still`,
    }
  },
})
