import { raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { exactlyOne, fileStem } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'

const version = z
  .string({ error: 'must be a quoted string: YAML reads 1.30 as the number 1.3' })
  .regex(/^[0-9A-Za-z][0-9A-Za-z.+~:*?-]*$/, 'must be a version, or a glob such as 28.3.*')

const spec = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]*(=[0-9A-Za-z][0-9A-Za-z.+~:*?-]*)?$/, 'must be a package name, or NAME=VERSION')

/** Packages of the distribution's package manager. One task is one transaction. */
export const packageModule = defineModule({
  name: 'package',
  summary: 'Packages installed, at a version and held where that is asked for, or removed.',
  schema: z
    .strictObject({
      name: spec.optional().describe('One package: NAME or NAME=VERSION'),
      names: z.array(spec).min(1).optional().describe('Several, in one transaction'),
      version: version
        .optional()
        .describe(
          'Of every package that does not carry its own: exact, without epoch or revision, or a glob such as 28.3.*',
        ),
      hold: z
        .boolean()
        .optional()
        .describe(
          'Keep it from being upgraded by others. On dnf and yum this is the versionlock plugin where it is there, and the exclude of the repository where it is not',
        ),
      from: fileStem
        .optional()
        .describe('The repository that has them all; others are asked only where that one alone does not do'),
      absent: z.literal(true).optional().describe('Remove instead; configuration files stay'),
    })
    .refine((args) => exactlyOne(args, ['name', 'names']), 'needs either name or names')
    .refine((args) => !args.absent || [args.version, args.hold, args.from].every((each) => each === undefined), {
      error: 'absent goes with none of version, hold and from',
    }),
  timeout: 1200,
  compile(args): TaskBody {
    const specs = args.names ?? [args.name as string]
    const names = specs.map((name) => name.replace(/=.*/, ''))
    if (args.absent) {
      return {
        prefetch: { packages: names },
        check: sh`packages_absent ${names}`,
        apply: sh`remove_packages ${names}`,
      }
    }
    const wanted = specs.map((name) =>
      args.version === undefined || name.includes('=') ? name : `${name}=${args.version}`,
    )
    const hold = raw(args.hold === undefined ? 'any' : args.hold ? 'hold' : 'free')
    return {
      prefetch: { packages: names },
      check: sh`packages_are ${hold} ${wanted}`,
      apply: sh`install_packages ${hold} ${args.from ?? '-'} ${wanted}`,
    }
  },
})
