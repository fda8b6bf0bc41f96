import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, fileMode, plainMode, sha256, webAddress } from '../fields.ts'
import { defineModule } from '../module.ts'

const place = absolutePath.describe('Where it goes')

/** A program as its publisher packs it. That it is the right one is read off a note beside its size and time: no run reads it whole. */
export const unpack = defineModule({
  name: 'unpack',
  summary: 'A file out of a .tar.gz that the host fetches; verified before it is put in its place.',
  schema: z.union([
    z.strictObject({
      from: z
        .array(webAddress)
        .min(1)
        .describe(
          'Addresses of the archive: the first that gives it. They end in the same name, which tells versions apart',
        ),
      sha256: sha256
        .optional()
        .describe(
          'What the archive must be; without it, what ADDRESS.sha256sum beside it says, which proves only that it arrived whole',
        ),
      member: z
        .string()
        .regex(/^(?!\.\.?\/|.*\/\.\.?\/)[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'must be a path in the archive')
        .describe('Which file of the archive'),
      to: place,
      mode: fileMode('0755'),
    }),
    z.strictObject({
      to: place,
      absent: z.literal(true).describe('Removed where provision put it there. What others changed stays'),
    }),
  ]),
  timeout: 1800,
  library: 'unpack',
  compile(args) {
    if ('absent' in args) {
      return { check: sh`! is_unpacked ${args.to}`, apply: sh`remove_unpacked ${args.to}` }
    }
    const archive = args.from[0]?.slice((args.from[0]?.lastIndexOf('/') ?? 0) + 1) ?? ''
    const wanted = args.sha256 ?? archive
    return {
      check: sh`unpacked_is ${args.to} ${wanted} ${plainMode(args.mode)}`,
      apply: sh`
        ledger_file ${args.to}
        unpack_file ${args.to} ${wanted} ${plainMode(args.mode)} ${args.sha256 ?? ''} ${args.member} ${[...args.from]}`,
    }
  },
})
