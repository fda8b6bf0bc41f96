import { z } from 'zod'
import { quote, raw, type ShellText, sh } from '../shell/quote.ts'
import { defineModule } from './module.ts'

const kubectl = raw('kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s')
const annotation = 'provision/taints'
/** A line a node: its name, what we noted to have tainted it with, and all its taints, each as key=value:Effect. */
const template =
  `{{range .items}}{{.metadata.name}} |{{with .metadata.annotations}}{{index . "${annotation}"}}{{end}}|` +
  '{{range .spec.taints}} {{.key}}={{with .value}}{{.}}{{end}}:{{.effect}}{{end}} {{"\\n"}}{{end}}'

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
  compile(args, context) {
    const wanted = args.nodes.map((node) => quote(`${node.name} ${node.taints.join(' ')}`)).join(' ')
    const loop = (body: ShellText) => sh`
      state=$(${kubectl} get nodes -o go-template=${template}) || exit 1
      for line in ${raw(wanted)}; do
        node=\${line%% *}
        wanted=" \${line#* } "
        now=$(printf '%s\\n' "$state" | grep "^$node |") || ${raw(context.early ? 'exit 1' : 'continue')}
        noted=\${now#*|}
        noted=\${noted%%|*}
        [ "$noted" != '<no value>' ] || noted=''
        now=" \${now##*|} "
        ${raw(body)}
      done`
    return {
      // Where what we noted is what is wanted, nothing of ours is to be taken away.
      check: loop(sh`
        [ "$noted" = "$(echo $wanted)" ] || exit 1
        for taint in $wanted; do
          case $now in *" $taint "*) ;; *) exit 1 ;; esac
        done`),
      apply: loop(sh`
        for taint in $wanted; do
          case $now in *" $taint "*) ;; *) ${kubectl} taint node "$node" "$taint" --overwrite ;; esac
        done
        for taint in $noted; do
          case $wanted in *" $taint "*) continue ;; esac
          case $now in *" $taint "*) ${kubectl} taint node "$node" "$taint-" ;; esac
        done
        ${kubectl} annotate node "$node" --overwrite "${raw(annotation)}=$(echo $wanted)"`),
    }
  },
})
