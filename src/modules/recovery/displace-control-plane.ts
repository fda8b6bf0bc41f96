import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { imageStore, isOfRestore, restoreId } from '../etcd/etcd-restore.ts'
import { defineModule } from '../module.ts'

/**
 * A further control plane of before: none of it may speak to the restored one, or go on answering with old data. It joins
 * anew afterwards. Pods other than those of the control plane run on, and are found again by the kubelet.
 */
export const displaceControlPlane = defineModule({
  name: 'displaceControlPlane',
  summary:
    'Stops a control plane and moves its data and certificates to a backup directory, so that it can join again.',
  schema: z.strictObject({ id: restoreId, store: imageStore }),
  timeout: 600,
  compile(args, context) {
    const done = `/var/lib/provision/saved/${args.id}/aside`
    const joining = '/var/lib/provision/kubeadm-join.restored'
    return {
      check: sh`
        [ -e ${done} ] || exit 1
        if [ ! -e /etc/kubernetes/admin.conf ] && [ ! -d /var/lib/etcd/member ]; then exit 0; fi
        # What is here now joins what was restored, or has joined it.
        grep -qsxF ${args.id} ${joining} || ${raw(isOfRestore(args.id))}`,
      apply: sh`
        ${raw(context.render('restore/control-plane.sh'))}
        if [ -e /etc/kubernetes/kubelet.conf ] || [ -e /etc/kubernetes/admin.conf ] || [ -d /var/lib/etcd/member ]; then
          printf '%s\\n' ${args.id} >${joining}
          settled ${joining}
        fi
        move_aside ${args.id} ${args.store}
        : >${done}
        settled ${done}`,
      output: sh`printf aside`,
    }
  },
})
