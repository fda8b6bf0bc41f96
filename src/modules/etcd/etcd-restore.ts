import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** Names one restore on all hosts: its directories and marks are called so. */
export const restoreId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be of lower-case letters, digits and -')
  .describe('Names this restore; the same again goes on where it was cut off')

/** Where the container runtime keeps what the kubelet started. */
export const imageStore = z.enum(['containerd', 'docker']).describe("The runtime whose containers are the kubelet's")

/** Status 0 where etcd's data came out of that restore, or has joined what did. In a check, where no template is. */
export const isOfRestore = (id: string) => sh`grep -qsxF ${id} /var/lib/etcd/member/provision-restore`

/** Status 0 where the note that tells kubeadm init to keep what is there is of the data that is there. */
export const initRestoredIsHere = sh`cmp -s /var/lib/provision/kubeadm-init.restored /var/lib/etcd/member/provision-restore`

/** Below this lies what one restore needs: `archive.tar` as `provision backup` makes it, put there before the program runs. */
export function restoreDirectory(id: string): string {
  return `/var/lib/provision/restore/${id}`
}

/**
 * The first control plane's CAs and etcd data out of an archive. What is there is moved aside, never deleted; what kubeadm
 * can make anew (certificates but CAs, kubeconfigs, manifests) is left to kubeadm, which cures expired ones with it.
 */
export const etcdRestore = defineModule({
  name: 'etcdRestore',
  summary: 'Puts CAs and etcd data of an archive in place of what is there, for kubeadm init to go on with.',
  schema: z.strictObject({
    id: restoreId,
    store: imageStore,
    config: templateName.describe('EJS template of the InitConfiguration that kubeadm init will be given'),
  }),
  timeout: 3600,
  compile(args, context) {
    const directory = restoreDirectory(args.id)
    // An old control plane that runs on would go on answering with the old data.
    const missing = context.absent('stoodAside').join(' ')
    return {
      content: context.render(args.config),
      check: sh`[ -e ${`${directory}/done`} ] && ${raw(isOfRestore(args.id))}`,
      apply: sh`
        ${raw(context.render('restore/control-plane.sh'))}
        if [ -n ${missing} ]; then
          say 'its data is not moved: ${raw(missing)}. An old control plane that runs on would answer with old data;' \\
            'if it does not come back, mark it state: down in the inventory'
          exit 1
        fi
        ${raw(`${context.id}_content`)} >"$P_RUN/kubeadm.yaml"
        unpack ${args.id}
        same_networks ${args.id} "$P_RUN/kubeadm.yaml"
        room_for ${args.id}
        move_aside ${args.id} ${args.store}
        put_back ${args.id}
        restore_etcd ${args.id} "$P_RUN/kubeadm.yaml"
        # Pods of kube-proxy that know another endpoint must learn the new one.
        endpoint=$(setting controlPlaneEndpoint "$P_RUN/kubeadm.yaml")
        if [ "$endpoint" != "$(setting controlPlaneEndpoint ${`${directory}/files/kubeadm-config.yaml`})" ]; then
          : >${`${directory}/endpoint-changed`}
        fi
        # What it was proven with before proves nothing of it now.
        rm -f /var/lib/provision/verified
        # kubeadm init takes what is there for its own from here on, and undoes nothing of it.
        printf '%s\\n' ${args.id} >/var/lib/provision/kubeadm-init.restored
        settled /etc/kubernetes /var/lib/etcd ${directory}
        : >${`${directory}/done`}
        settled ${directory}`,
    }
  },
})
