import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, fileMode, owner, templateName } from '../fields.ts'
import { defineModule } from '../module.ts'
import { wholeFile } from './file.ts'

/** A file rendered for the host on the controller; on the host it is a file like any other. */
export const template = defineModule({
  name: 'template',
  summary: 'A file rendered from an EJS template for each host.',
  schema: z.strictObject({
    from: templateName.describe('The template'),
    to: absolutePath.describe('Where it goes on the host'),
    whereExists: absolutePath.optional().describe('Only where this exists: configuration of what may not be there'),
    values: z.record(z.string(), z.unknown()).default({}).describe('Further names the template may use'),
    mode: fileMode('0644'),
    owner,
    group: owner,
  }),
  compile(args, context) {
    const task = wholeFile({ ...args, path: args.to, content: context.render(args.from, args.values) }, context)
    if (args.whereExists === undefined) return task
    return { ...task, check: sh`[ -e ${args.whereExists} ] || exit 0\n${raw(task.check)}` }
  },
})
