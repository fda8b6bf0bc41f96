import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { fileName, templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

const existing = z
  .boolean()
  .default(false)
  .describe(
    'Objects that are not there are left out instead of made; for what others make, such as nodes. Until all that the task needs is known, they count as a difference',
  )

/** Kubernetes objects, applied server-side under our own field manager, so that only what we set is ours. */
export const manifest = defineModule({
  name: 'manifest',
  summary: 'Kubernetes objects as a manifest says, applied server-side from a control plane.',
  schema: z.union([
    z.strictObject({ template: templateName.describe('EJS template of the manifest'), existing }),
    z.strictObject({ from: fileName.describe('Manifest file, used as it is'), existing }),
  ]),
  timeout: 180,
  library: 'manifests',
  compile(args, context) {
    const content = 'template' in args ? context.render(args.template) : context.readFile(args.from)
    // A list of objects can be empty: kubectl has no word for that.
    if (content.length === 0 || (typeof content === 'string' && content.trim() === ''))
      return { check: sh`:`, apply: sh`:` }
    const secret = typeof content === 'string' && context.isSecret(content)
    const whole = `${context.id}_content`
    const same = sh`! manifests_are_same || exit 0`
    const found = sh`existing() { cat "$P_RUN/existing.yaml"; }`
    const checkExisting = lines(
      found,
      sh`
        rm -f "$P_RUN/manifest.diff"
        there=$(${raw(whole)} | api get -f - --ignore-not-found -o name) || exit 2
        there=$(printf '%s\\n' "$there" | sed 's,\\..*/,/,')
        ${raw(whole)} | there=$there awk '
          function end() { if (index("\\n" ENVIRON["there"] "\\n", "\\n" kind "/" name "\\n")) printf "%s", text; text = kind = name = "" }
          $0 == "---" { end() }
          /^kind:/ { kind = tolower($2) }
          /^  name:/ && name == "" { name = $2; gsub(/"/, "", name) }
          { text = text $0 "\\n" }
          END { end() }' >"$P_RUN/existing.yaml"
        [ ! -s "$P_RUN/existing.yaml" ] || manifest_is existing || exit "$?"`,
      context.early && sh`[ "$(grep -c '^kind:' "$P_RUN/existing.yaml")" = "$(${raw(whole)} | grep -c '^kind:')" ]`,
    )
    return {
      content,
      prefetch: { manifests: [whole] },
      check: lines(same, args.existing ? checkExisting : sh`manifest_is ${whole}`),
      // An API server that has just started may need a moment.
      apply: lines(
        args.existing && found,
        sh`
          attempt() { ${raw(args.existing ? 'existing' : whole)} | api_apply; }
          retry 5 1 attempt`,
      ),
      diff: secret ? undefined : sh`cat "$P_RUN/manifest.diff" 2>/dev/null || :`,
    }
  },
})
