import { quote, raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

/** Taints of the inventory. Others (cordon, not-ready) are not touched, which is why this is not a server-side apply. */
export const taints = defineModule({
  name: 'taints',
  summary:
    'Taints of nodes: those of the inventory are there, those it no longer names are gone, others are left alone.',
  schema: z.strictObject({
    nodes: z
      .array(z.strictObject({ name: z.string(), taints: z.array(z.string()) }))
      .describe('Per node its taints as key=value:Effect'),
  }),
  library: 'cluster',
  compile(args, context) {
    const wanted = args.nodes.map((node) => quote(`${node.name} ${node.taints.join(' ')}`)).join(' ')
    const loop = (body: ShellText) => sh`
      state=$(cluster nodes) || exit 1
      for line in ${raw(wanted)}; do
        node=\${line%% *}
        wanted=" \${line#* } "
        now=$(printf '%s\\n' "$state" | grep "^taints $node |") || ${raw(context.early ? 'exit 1' : 'continue')}
        noted=\${now#*|}
        noted=\${noted%%|*}
        now=" \${now##*|} "
        ${raw(body)}
      done`
    return {
      prefetch: { cluster: ['nodes'] },
      // Where what we noted is what is wanted, nothing of ours is to be taken away.
      check: loop(sh`
        [ "$noted" = "$(echo $wanted)" ] || exit 1
        for taint in $wanted; do
          case $now in *" $taint "*) ;; *) exit 1 ;; esac
        done`),
      apply: loop(sh`
        for taint in $wanted; do
          case $now in *" $taint "*) ;; *) api taint node "$node" "$taint" --overwrite ;; esac
        done
        for taint in $noted; do
          case $wanted in *" $taint "*) continue ;; esac
          case $now in *" $taint "*) api taint node "$node" "$taint-" ;; esac
        done
        api annotate node "$node" --overwrite "provision/taints=$(echo $wanted)"`),
    }
  },
})
