import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { restoreId } from '../etcd/etcd-restore.ts'
import { defineModule } from '../module.ts'

/**
 * Nothing is written any more: what is saved from here on is all there is. With `etcd`, its data lies still as well.
 * `resume` undoes it: a rebuild that is given up leaves what it found.
 */
export const stopControlPlane = defineModule({
  name: 'stopControlPlane',
  summary: "Stops a control plane's API server, and etcd where it is asked for, or starts them again.",
  schema: z.strictObject({
    id: restoreId,
    etcd: z.boolean().default(false).describe('Also etcd, after the API server'),
    resume: z.literal(true).optional().describe('Start what was stopped instead'),
  }),
  timeout: 300,
  compile(args, context) {
    const library = raw(context.render('rebuild/still.sh'))
    const components = args.etcd ? ['kube-apiserver', 'etcd'] : ['kube-apiserver']
    if (args.resume) {
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
