import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { defineModule } from '../module.ts'

const attachments = '{{range .items}}{{.spec.nodeName}} {{.metadata.name}}{{"\\n"}}{{end}}'
const pods = '{{range .items}}{{.metadata.namespace}} {{.metadata.name}}{{"\\n"}}{{end}}'

const detach = `api get volumeattachments -o go-template='${attachments}' | sed -n "s/^$node //p" >"$P_RUN/attachments"
        while read -r attachment; do
          # The finalizer is that of a driver on a node that will not answer.
          api patch volumeattachment "$attachment" --type merge -p '{"metadata":{"finalizers":null}}' </dev/null || :
          api delete volumeattachment "$attachment" --ignore-not-found --timeout 30s </dev/null
        done <"$P_RUN/attachments"`

/** What the API keeps of nodes: the Node, its Lease, attachments of volumes, and pods that nobody ends any more. */
export const deleteNodes = defineModule({
  name: 'deleteNodes',
  summary: 'Deletes nodes from the API with what belongs to them: Lease, attached volumes, and pods left on them.',
  schema: z.strictObject({
    nodes: z.array(z.string()).describe('Names of the nodes'),
    after: z
      .string()
      .optional()
      .describe('Only nodes whose hosts have given this value in this run; the task names it in its needs, too'),
  }),
  timeout: 300,
  library: 'cluster',
  compile(args, context) {
    const given = args.after === undefined ? undefined : context.gathered(args.after)
    const nodes = given === undefined ? args.nodes : args.nodes.filter((name) => Object.hasOwn(given, name))
    // Of a host that lives on, what it has attached is detached by those whose business that is.
    const gone = args.after === undefined
    const each = (body: string) =>
      nodes.length === 0
        ? sh`:`
        : sh`
      for node in ${nodes}; do
        ${raw(body)}
      done`
    return {
      check: each(`
        # An API that does not answer has forgotten nothing; it may be about to, after a member of etcd has left.
        left=$(api get node "$node" --ignore-not-found -o name) || exit 1
        left=$left$(api -n kube-node-lease get lease "$node" --ignore-not-found -o name) || exit 1
        left=$left$(api get pods -A --field-selector "spec.nodeName=$node" -o go-template='${pods}') || exit 1
        ${gone ? `left=$left$(api get volumeattachments -o go-template='${attachments}' | sed -n "s/^$node //p")` : ''}
        [ -z "$left" ] || { say "the API still knows of $node"; exit 1; }`),
      apply: each(`
        retry 6 2 api delete node "$node" --ignore-not-found --timeout 60s
        api get pods -A --field-selector "spec.nodeName=$node" -o go-template='${pods}' >"$P_RUN/pods"
        while read -r space pod; do
          api -n "$space" delete pod "$pod" --force --grace-period 0 --wait=false --ignore-not-found </dev/null
        done <"$P_RUN/pods"
        ${gone ? detach : ''}
        api -n kube-node-lease delete lease "$node" --ignore-not-found
        left=20
        while [ -n "$(api get pods -A --field-selector "spec.nodeName=$node" -o name)" ] && [ "$left" -gt 0 ]; do
          left=$((left - 1))
          sleep 0.5
        done`),
    }
  },
})
