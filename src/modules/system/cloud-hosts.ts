import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { fileStem, templateName } from '../fields.ts'
import { blockOf } from '../files/lines.ts'
import { defineModule, type TaskBody } from '../module.ts'

/**
 * Lines of /etc/hosts that are there after the next boot as well. User data and the cloud's own configuration outrank every
 * file of the host, so where they say `manage_etc_hosts: true`, the lines have to be in the template that it is made of.
 */
export const cloudHosts = defineModule({
  name: 'cloudHosts',
  summary: 'A block of lines in the template by which cloud-init writes /etc/hosts at every boot, where it does.',
  schema: z.strictObject({
    block: fileStem.describe('Names the block in its markers, as in lines'),
    from: templateName.describe('An EJS template of the lines'),
  }),
  compile(args, context): TaskBody {
    const block = blockOf(args.block, context.render(args.from))
    const { family, id } = context.facts
    // cloud-init calls the families of systems so; openEuler is one of its own.
    const template = sh`cloud_hosts_template ${family === 'debian' ? ['debian'] : [id.toLowerCase(), 'redhat']}`
    return {
      check: sh`
        ${raw(template)} || exit 0
        block_is "$R" ${args.block} ${block} 644`,
      apply: sh`
        ${raw(template)}
        set_block "$R" ${args.block} ${block} 644 root root`,
      diff: sh`! ${raw(template)} || with_block "$R" ${args.block} ${block} | diff_file "$R" 644`,
    }
  },
})
