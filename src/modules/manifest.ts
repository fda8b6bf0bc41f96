import { z } from 'zod'
import { raw, sh } from '../shell/quote.ts'
import { fileName, templateName } from './fields.ts'
import { defineModule } from './module.ts'

const kubectl = raw('kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 60s')

/** Kubernetes objects, applied server-side under our own field manager, so that only what we set is ours. */
export const manifest = defineModule({
  name: 'manifest',
  summary: 'Kubernetes objects as a manifest says, applied server-side from a control plane.',
  schema: z.union([
    z.strictObject({ template: templateName.describe('EJS template of the manifest') }),
    z.strictObject({ from: fileName.describe('Manifest file, used as it is') }),
  ]),
  timeout: 180,
  compile(args, context) {
    const content = 'template' in args ? context.render(args.template) : context.readFile(args.from)
    // A list of objects can be empty: kubectl has no word for that.
    if (content.length === 0 || (typeof content === 'string' && content.trim() === ''))
      return { check: sh`:`, apply: sh`:` }
    const secret = typeof content === 'string' && context.isSecret(content)
    const source = raw(`${context.id}_content`)
    const options = raw('--server-side --force-conflicts --field-manager=provision -f -')
    return {
      content,
      // diff: 0 the same, 1 different, more: trouble. An API server that has just started may need a moment.
      // It looks at an object twice, and between the looks others may change it, as the kubelet does with a new node.
      check: sh`
        for look in first second; do
          status=0
          ${source} | ${kubectl} diff ${options} >/dev/null || status=$?
          [ "$status" -eq 1 ] || exit "$status"
          [ "$look" = second ] || sleep 0.3
        done
        exit 1`,
      apply: sh`
        attempt() { ${source} | ${kubectl} apply ${options}; }
        retry 5 1 attempt`,
      diff: secret ? undefined : sh`${source} | ${kubectl} diff ${options}`,
    }
  },
})
