import { createHash } from 'node:crypto'
import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { addonName, templateName } from '../fields.ts'
import { defineModule } from '../module.ts'

/**
 * That an add-on does what it is for, shown by using it. Once for what it is and the nodes there are: drift of its
 * objects is found by comparing them, in every run.
 */
export const verifyAddon = defineModule({
  name: 'verifyAddon',
  summary: 'An add-on works: proven by use, whenever it or the set of nodes is another than was proven before.',
  schema: z.strictObject({
    name: addonName.describe('Name of the add-on'),
    manifest: templateName.describe('What it is made of'),
    proof: templateName.describe('EJS template of a script that uses it; it fails where that does not work'),
    nodes: z.array(z.string()).describe('Nodes that it is to work on'),
    within: z.int().min(1).default(300).describe('Seconds that each of its parts may take to become ready'),
  }),
  timeout: (args) => 4 * args.within + 900,
  library: 'addons',
  compile(args, context) {
    // Who did not join in this run has been reported: nothing is asked of them.
    const absent = context.absent('joined')
    const nodes = args.nodes.filter((name) => !absent.includes(name))
    const proof = context.render(args.proof, { nodes, within: args.within })
    const proven = createHash('sha256')
      .update(`${context.render(args.manifest)}\n${context.render(args.proof, { nodes, within: 0 })}`)
      .digest('hex')
    const stamp = raw(`"$P_STATE"/addons/${args.name}`)
    return {
      check: sh`[ "$(cat ${stamp} 2>/dev/null)" = ${proven} ]`,
      apply: sh`
        ${raw(proof)}
        mkdir -p "$P_STATE/addons"
        echo ${proven} >${stamp}`,
    }
  },
})
