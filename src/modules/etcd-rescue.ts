import { z } from 'zod'
import { raw, sh } from '../shell/quote.ts'
import { restoreId } from './etcd-restore.ts'
import { defineModule } from './module.ts'

/** Where the snapshot of a dead etcd's data lies; `id` as everywhere in one rebuild. */
export function rescuedSnapshot(id: string): string {
  return `/var/lib/provision/rebuild/${id}/etcd.snapshot`
}

/**
 * A snapshot of what a dead etcd left on this host, its log replayed. The value is what `etcdutl snapshot status` says of it,
 * by which the member that got furthest is told from the others.
 */
export const etcdRescue = defineModule({
  name: 'etcdRescue',
  summary: 'A snapshot of the data that a dead etcd left, made from a copy of it; the data itself stays as it is.',
  schema: z.strictObject({ id: restoreId }),
  timeout: 3600,
  compile(args, context) {
    return {
      check: sh`[ -s ${rescuedSnapshot(args.id)} ]`,
      apply: sh`
        ${raw(context.render('rebuild/rescue.sh'))}
        rescue ${args.id}`,
      output: sh`"$P_STATE/etcd/etcdutl" snapshot status ${rescuedSnapshot(args.id)} -w json`,
    }
  },
})
