import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule } from '../module.ts'

/**
 * The proof at a run's end. What the API shows is asked in every run; the probe (DNS from a pod, pod to pod across nodes,
 * pod to Service) runs when the set of nodes or the network is not the one that passed it before.
 */
export const verify = defineModule({
  name: 'verify',
  summary:
    'The cluster works: nodes Ready at their version, system pods ready, DNS, pod to pod and Services from every node.',
  schema: z.strictObject({
    nodes: z.array(z.string()).describe('Nodes that must be Ready'),
    version: z.string().describe('The kubelet version they must run, such as v1.36.3'),
    probe: templateName.describe(
      'EJS template of the probe, a DaemonSet that is ready where everything can be reached',
    ),
    down: z.array(z.string()).default([]).describe('Nodes that are known to be off: nothing is asked of them'),
    network: z.string().describe('What the probe depends on beside the nodes. With another value it runs again'),
    within: z.int().default(300).describe('Seconds that nodes, system pods and the probe each may take'),
  }),
  timeout: (args) => 3 * args.within + 300,
  library: 'cluster',
  compile(args, context) {
    // A kubelet whose runtime is just being restarted says that it does not know its version: it is asked again.
    // Who failed in this run has been reported; the others are proven without them, and nobody waits for them here. Nor is
    // noted what the cluster thinks of them, which changes in the minute after they went.
    const absent = [...context.absent('joined'), ...args.down]
    const checked = args.nodes.filter((name) => !absent.includes(name))
    const probe = context.render(args.probe, { absent })
    const proof = digestOf(`${args.network}\n${probe}`)
    const stamp = '/var/lib/provision/verified'
    const look = sh`
      state=$(cluster nodes pods configmaps)
      nodes=$(printf '%s\\n' "$state" | sed -n ${`/^node \\(${absent.join('\\|')}\\) /d; /:\\/\\/Unknown$/d; /^node /p`} | sort)
      missing=''
      for name in ${raw(checked.join(' '))}; do
        case "$nl$nodes$nl" in *"\${nl}node $name True ${raw(args.version)} "*) ;; *) missing="$missing $name" ;; esac
      done
      pods=$(printf '%s\\n' "$state" | sed -n ${`/^pod \\(${absent.join('\\|')}\\) /d; s/^pod [^ ]* //p`})`
    return {
      content: probe,
      prefetch: { cluster: ['nodes', 'pods', 'configmaps'] },
      check: sh`
        ${raw(look)}
        if [ -n "$missing" ]; then say "not Ready at ${raw(args.version)}:$missing"; exit 1; fi
        if [ -n "$pods" ]; then say "not ready in kube-system: $pods"; exit 1; fi
        [ "$(cat ${stamp} 2>/dev/null)" = "$(printf '%s\\n' "$nodes" ${proof} | sha256sum)" ]`,
      apply: sh`
        probe() { ${raw(`${context.id}_content`)}; }
        clean() { probe | api delete --wait=false --ignore-not-found --cascade=background -f - >/dev/null; }
        # The reason comes last: of a long log only the end is shown.
        give_up() {
          explain ${raw(checked.join(' '))} >&2 || :
          clean || :
          say "$1"
          exit 1
        }
        # Who was removed for good would be waited for in vain.
        ${raw(look)}
        for name in $missing; do
          case "$nl$state" in
          *"\${nl}removed $name "*) say "$name was removed and is refused: provision reset $name, then provision add $name; or delete it from the inventory"; exit 1 ;;
          esac
        done
        # An earlier proof may still be on its way out.
        case $(api get namespace provision-verify --ignore-not-found -o 'jsonpath={.status.phase}') in
        Terminating) api wait --for=delete namespace/provision-verify --timeout 60s || : ;;
        esac
        # Before anything is waited for: it takes its time beside the control plane's own, which take up to 20 s to be ready.
        probe | api_apply >/dev/null
        begin=$(since_boot) tries=0
        while :; do
          ${raw(look)}
          [ -n "$missing$pods" ] || break
          waited=$(($(since_boot) - begin)) tries=$((tries + 1))
          unfinished="not Ready at ${raw(args.version)}:\${missing:- none}; not ready in kube-system: \${pods:-none}"
          [ "$waited" -lt ${args.within} ] || give_up "after $waited s$(limit_of "$P_TASK"): $unfinished"
          [ $((tries % 10)) -ne 0 ] || ! in_vain ${raw(checked.join(' '))} || give_up "after $waited s: $unfinished"
          say "waiting: nodes\${missing:- all Ready}; pods of kube-system" $pods
          sleep 1
        done
        say 'probing DNS, pod to pod and Services from every node'
        if ! await_probe provision-verify ${args.within} ${checked.join(' ')} api -n provision-verify rollout status daemonset/probe --timeout 10s; then
          blame=$(probe_blame provision-verify 2>&1)
          give_up "$B_AFTER\${blame:-the probe did not become ready everywhere}"
        fi
        clean
        printf '%s\\n' "$nodes" ${proof} | sha256sum >${stamp}`,
    }
  },
})
