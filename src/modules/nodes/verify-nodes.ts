import { entryOf } from '../../entry-of.ts'
import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** A line a node: its name, whether it is Ready, its version, and whether it is ours already. */
const template =
  '{{range .items}}{{.metadata.name}} {{range .status.conditions}}{{if eq .type "Ready"}}{{.status}}{{end}}{{end}} ' +
  '{{.status.nodeInfo.kubeletVersion}} {{with .metadata.labels}}{{index . "provision/managed"}}{{end}}{{"\\n"}}{{end}}'

/**
 * The proof of nodes that are new, made on them alone: Ready at their version, and a pod there reaches DNS and the API's
 * Service. Who did not join in this run has been reported and is left out.
 */
export const verifyNodes = defineModule({
  name: 'verifyNodes',
  summary: 'New nodes work: Ready at their version, DNS and a Service answer from them. No other node is touched.',
  schema: z.strictObject({
    nodes: z.array(z.string()).describe('The new nodes'),
    version: z.string().describe('The kubelet version they must run, such as v1.36.3'),
    probe: templateName.describe('EJS template of the probe: a DaemonSet on these nodes, ready where all is well'),
    within: z.int().default(300).describe('Seconds that becoming Ready and the probe each may take'),
  }),
  timeout: (args) => 2 * args.within + 300,
  library: 'cluster',
  compile(args, context) {
    const joined = context.gathered('joined')
    // Before they have joined, what the API says is of their former lives.
    if (joined === undefined) return { check: sh`exit 1`, apply: sh`exit 1` }
    const nodes = args.nodes.filter((name) => Object.hasOwn(joined, name))
    if (nodes.length === 0) return { check: sh`:`, apply: sh`:` }
    const probe = context.render(args.probe, { nodes })
    // Those that came in this run, and those that an earlier one left before it had labelled them: labels come after this.
    const standing = context.gathered('standing') ?? {}
    const fresh = nodes.filter((name) => entryOf(standing, name)?.trim() === 'fresh')
    const look = sh`
      state=$(api get nodes ${nodes} --ignore-not-found -o go-template=${listOf(template, nodes.length)})
      waiting='' unproven=${fresh.map((name) => ` ${name}`).join('')}
      for name in ${nodes}; do
        line=$(printf '%s\\n' "$state" | grep "^$name ") || line=''
        case $line in "$name True ${raw(args.version)} "*) ;; *) waiting="$waiting $name" ;; esac
        case $line in *' true') ;; *) unproven="$unproven $name" ;; esac
      done`
    return {
      content: probe,
      check: sh`
        [ ! -e "$P_RUN/proven" ] || exit 0
        ${raw(look)}
        if [ -n "$waiting" ]; then say "not Ready at ${raw(args.version)}:$waiting"; exit 1; fi
        if [ -n "$unproven" ]; then say "not proven yet:$unproven"; exit 1; fi`,
      apply: sh`
        probe() { ${raw(`${context.id}_content`)}; }
        clean() { probe | api delete --wait=false --ignore-not-found --cascade=background -f - >/dev/null; }
        give_up() {
          explain ${nodes} >&2 || :
          clean || :
          say "$1"
          exit 1
        }
        # Who was removed for good, and is not fresh, would be waited for in vain.
        refuse_removed() {
          removed=$(api -n kube-system get configmap provision-removed-nodes --ignore-not-found \\
            -o go-template='{{range $name, $_ := .data}}{{$name}} {{end}}')
          for name in $waiting; do
            case " $removed " in
            *" $name "*) give_up "$name was removed and is refused: provision reset $name, then provision add $name" ;;
            esac
          done
        }
        case $(api get namespace provision-add --ignore-not-found -o 'jsonpath={.status.phase}') in
        Terminating) api wait --for=delete namespace/provision-add --timeout 60s || : ;;
        esac
        # Before anything is waited for: it comes up while the node gets its network.
        probe | api_apply >/dev/null
        begin=$(since_boot)
        waiting=${nodes.map((name) => ` ${name}`).join('')}
        while :; do
          say "waiting until Ready:$waiting"
          # Ends as soon as they are, or at once for those that the API server does not know.
          api wait --for=condition=Ready node $waiting --timeout 10s >/dev/null 2>&1 || refuse_removed
          ${raw(look)}
          [ -n "$waiting" ] || break
          waited=$(($(since_boot) - begin))
          unfinished="not Ready at ${raw(args.version)}:$waiting"
          [ "$waited" -lt ${args.within} ] || give_up "after $waited s$(limit_of "$P_TASK"): $unfinished"
          ! in_vain ${nodes} || give_up "after $waited s: $unfinished"
          sleep 0.2
        done
        say 'probing DNS and Services from the new nodes'
        if ! await_probe provision-add ${args.within} ${nodes.join(' ')} \\
          api -n provision-add wait daemonset/probe --timeout 10s --for=${`jsonpath={.status.numberReady}=${nodes.length}`}; then
          blame=$(probe_blame provision-add 2>&1)
          give_up "$B_AFTER\${blame:-the probe did not become ready on every new node}"
        fi
        clean
        : >"$P_RUN/proven"`,
    }
  },
})

/** kubectl answers one object where one name is asked for, a list where several are. */
function listOf(text: string, count: number): string {
  if (count > 1) return text
  return text.replace('{{range .items}}', '').replace(/\{\{end\}\}$/, '')
}
