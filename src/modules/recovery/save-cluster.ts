import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { restoreId } from '../etcd/etcd-restore.ts'
import { fileName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** Where a host keeps the archive of one rebuild until the rebuild is over. */
export function savedDirectory(id: string): string {
  return `/var/lib/provision/rebuild/${id}/archive`
}

/**
 * An archive as `provision backup` makes it, of whatever state etcd is in. Made in every program that runs the task: what an
 * earlier attempt made may be older than what etcd has written since.
 */
export const saveCluster = defineModule({
  name: 'saveCluster',
  summary: 'Makes an archive of the cluster, of an etcd that answers or of what a dead one left on the host.',
  schema: z.strictObject({
    id: restoreId,
    cluster: z.string().describe('Name of the cluster, for the archive'),
    host: z.string().describe('Name of the host, for the archive'),
    inventory: fileName.describe('The inventory that goes into it'),
    rest: z.boolean().default(false).describe('etcd is stopped: a copy of its data is read'),
  }),
  timeout: 3600,
  compile(args, context) {
    const directory = savedDirectory(args.id)
    const named = sh`${directory} ${args.cluster} ${args.host} "$P_RUN/inventory.yaml"`
    return {
      content: context.readFile(args.inventory),
      check: sh`[ -e "$P_RUN/saved" ]`,
      apply: sh`
        ${raw(context.render('backup/archive.sh'))}
        ${raw(context.render('rebuild/rescue.sh'))}
        mkdir -p ${directory.replace(/\/[^/]*$/, '')}
        chmod 700 "$P_STATE/rebuild" ${directory.replace(/\/[^/]*$/, '')}
        ${raw(`${context.id}_content`)} >"$P_RUN/inventory.yaml"
        ${raw(args.rest ? sh`rescue ${raw(named)}` : sh`make_archive ${raw(named)} $(etcd_here)`)}
        settled ${directory}
        : >"$P_RUN/saved"`,
      output: sh`cat ${`${directory}/manifest.json`}`,
    }
  },
})
