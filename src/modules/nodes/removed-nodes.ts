import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/**
 * Compares the nodes that we made with the inventory. A name that was removed for good is welcome again when its host says
 * that it holds nothing of a node; until then, and of nodes that the inventory no longer names, the operator is told.
 */
export const removedNodes = defineModule({
  name: 'removedNodes',
  summary: 'Tells of nodes that the inventory no longer names; lets removed ones back in whose hosts are fresh.',
  schema: z.strictObject({
    inventory: z.array(z.string()).describe('All names of the inventory'),
  }),
  library: 'cluster',
  compile(args, context) {
    const standing = context.gathered('standing')
    const said = Object.entries(standing ?? {}).map(([name, value]) => [name, value.trim() === 'fresh'] as const)
    const fresh = said.filter(([, isFresh]) => isFresh).map(([name]) => name)
    const stale = said.filter(([, isFresh]) => !isFresh).map(([name]) => name)
    const look = sh`
      state=$(cluster nodes configmaps) || exit 2
      is_one_of() {
        one=$1
        shift
        for other in "$@"; do [ "$one" != "$other" ] || return 0; done
        return 1
      }`
    return {
      prefetch: { cluster: ['nodes', 'configmaps'] },
      check: sh`
        # Nothing has been made yet that could be compared.
        [ "$P_MODE" = apply ] || [ -e /etc/kubernetes/admin.conf ] || exit 0
        ${raw(look)}
        differs=0
        while read -r kind name when; do
          if [ "$kind" = managed ]; then
            is_one_of "$name" ${args.inventory} || note "node $name is in the cluster and not in the inventory: put it back there, or take it out of the cluster with provision remove"
          elif [ "$kind" != removed ] || ! is_one_of "$name" ${args.inventory}; then
            :
          elif is_one_of "$name" ${fresh}; then
            differs=1
          elif is_one_of "$name" ${stale}; then
            note "$name was $when and has come back as it was, so the cluster refuses it: provision reset $name, then provision add $name; or delete it from the inventory"
          elif [ "$P_MODE" = apply ] && ${raw(standing === undefined ? 'true' : 'false')}; then
            # Every one of ours on the list is worth asking how it is.
            differs=1
          else
            note "$name was $when, and is refused until its host has been reset; if it does not come back, delete it from the inventory"
          fi
        done <<P_EOF
        $state
        P_EOF
        [ "$differs" = 0 ] || exit 1`,
      apply: sh`
        ${raw(look)}
        while read -r kind name _; do
          [ "$kind" = removed ] || continue
          is_one_of "$name" ${fresh} || continue
          api -n kube-system patch configmap provision-removed-nodes --type merge \
            -p "$(printf '{"data":{"%s":null}}' "$name")" </dev/null
          say "$name may join again"
        done <<P_EOF
        $state
        P_EOF`,
    }
  },
})
