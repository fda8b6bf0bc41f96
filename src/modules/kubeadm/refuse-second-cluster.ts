import { entryOf } from '../../entry-of.ts'
import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { initRestoredIsHere } from '../etcd/etcd-restore.ts'
import { defineModule } from '../module.ts'

/**
 * A control plane that lost its disk, or was reset, must not begin a second cluster of the same name beside the one that the
 * others hold. All of them are asked, since one that is silent may hold it.
 */
export const refuseSecondCluster = defineModule({
  name: 'refuseSecondCluster',
  summary: 'Refuses to make a cluster where another control plane of the inventory holds one, or does not answer.',
  schema: z.strictObject({
    others: z.array(z.string()).describe('The other control planes that are up'),
  }),
  compile(args, context) {
    const held = context.gathered('clusterHeld')
    // A note of a restore whose data is not here is of one that was given up, or of a disk that is gone.
    const made = sh`
      [ "$P_MODE" = check ] || [ -e /etc/kubernetes/admin.conf ] ||
        ${raw(initRestoredIsHere)} || exit 1`
    if (held === undefined) return { check: made, apply: sh`exit 1` }
    const holding = args.others.find((name) => entryOf(held, name)?.trim() === 'holds')
    const silent = args.others.filter((name) => entryOf(held, name) === undefined)
    if (holding !== undefined) {
      return {
        check: made,
        apply: sh`
          say ${`${holding} holds a cluster already, and this host none: making one here would be a second one`}
          say ${`to make this host one of its control planes: provision add NAME, with the name of this host`}
          exit 1`,
      }
    }
    if (silent.length > 0) {
      return {
        check: made,
        apply: sh`
          say ${`it is not known whether ${silent.join(', ')} holds a cluster: it was not asked or did not answer`}
          say 'run for all control planes, or write state: down where one is known to be off'
          exit 1`,
      }
    }
    return { check: sh`:`, apply: sh`:` }
  },
})
