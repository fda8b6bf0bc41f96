import { z } from 'zod'
import { raw, sh } from '../shell/quote.ts'
import { imageStore, restoreId } from './etcd-restore.ts'
import { defineModule } from './module.ts'

/**
 * A further control plane of before: none of it may speak to the restored one, or go on answering with old data. It joins
 * anew afterwards. Pods other than those of the control plane run on, and are found again by the kubelet.
 */
export const standAside = defineModule({
  name: 'standAside',
  summary: 'Ends what runs of a control plane and moves its data and certificates aside, for it to join anew.',
  schema: z.strictObject({ id: restoreId, store: imageStore }),
  timeout: 600,
  compile(args, context) {
    const done = `/var/lib/provision/saved/${args.id}/aside`
    return {
      check: sh`[ -e ${done} ]`,
      apply: sh`
        ${raw(context.render('restore/control-plane.sh'))}
        if [ -e /etc/kubernetes/kubelet.conf ] || [ -e /etc/kubernetes/admin.conf ] || [ -d /var/lib/etcd/member ]; then
          : >/var/lib/provision/kubeadm-join.restored
          sync /var/lib/provision/kubeadm-join.restored
        fi
        move_aside ${args.id} ${args.store}
        : >${done}
        sync ${done}`,
      output: sh`printf aside`,
    }
  },
})
