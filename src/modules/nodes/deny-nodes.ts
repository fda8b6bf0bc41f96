import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/** Hosts that are gone for good still hold a kubelet's certificate: the API turns them away when they come back. */
export const denyNodes = defineModule({
  name: 'denyNodes',
  summary: 'Notes nodes as removed, so that the API refuses to register them until their hosts are reset.',
  schema: z.strictObject({
    nodes: z.array(z.string()).describe('Names of the nodes'),
    policy: templateName.describe(
      'EJS template of the policy, which takes the names from ConfigMap provision-removed-nodes',
    ),
  }),
  library: 'cluster',
  compile(args, context) {
    const content = `${context.id}_content`
    return {
      content: context.render(args.policy),
      check: sh`
        api get validatingadmissionpolicybinding provision-removed-nodes --ignore-not-found -o name | grep -q . || exit 1
        noted=$(api -n kube-system get configmap provision-removed-nodes --ignore-not-found \\
          -o go-template='{{range $name, $_ := .data}}{{$name}}{{"\\n"}}{{end}}')
        for node in ${args.nodes}; do
          printf '%s\\n' "$noted" | grep -Fxqe "$node" || { say "$node is not noted as removed"; exit 1; }
        done`,
      apply: sh`
        ${raw(content)} | api_apply
        for node in ${args.nodes}; do
          # The names have a manager of their own: applying the policy again must not take them away.
          printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: { name: provision-removed-nodes, namespace: kube-system }\\ndata: { "%s": "%s" }\\n' \\
            "$node" "removed on $(date -u +%Y-%m-%d)" |
            api apply --server-side --force-conflicts --field-manager="provision-removed-$node" -f -
        done`,
    }
  },
})
