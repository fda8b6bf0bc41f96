import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { webAddress } from '../fields.ts'
import { defineModule, type TaskBody } from '../module.ts'

/** The package sources that a system came with, led to mirrors: addresses change, all else in them stays. */
export const osMirrors = defineModule({
  name: 'osMirrors',
  summary:
    'The system’s own package sources at mirrors; of several the first that answers in time, and whichever that was stays. Other sources are left alone.',
  schema: z.strictObject({
    system: z.string().describe('os-release ID, for messages'),
    archives: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-z-]+$/, 'must be the name of an archive'),
          official: z
            .string()
            .min(1)
            .describe('Extended regular expression of the publisher’s addresses, without scheme'),
          known: z.array(webAddress).describe('Other addresses of the same archive'),
          mirrors: z.array(webAddress).min(1).describe('In the order in which they are tried'),
          probe: z.string().describe('A file below the address by which a mirror is judged'),
        }),
      )
      .describe('None for a system that there is no mirror of'),
  }),
  library: 'os-mirrors',
  timeout: 900,
  compile(args): TaskBody {
    const told = `the package sources of ${args.system} are left as they are: there are no mirrors of it in mirrors.packages.os`
    if (args.archives.length === 0) return { check: sh`note ${told}`, apply: sh`` }
    // Lines "ARCHIVE KIND TEXT", mirrors in the order in which they are tried.
    const table = args.archives
      .flatMap(({ name, official, known, mirrors, probe }) => [
        `${name} probe ${probe}`,
        ...mirrors.map((url) => `${name} mirror ${url.replace(/\/+$/, '')}`),
        ...known.filter((url) => !mirrors.includes(url)).map((url) => `${name} known ${url}`),
        `${name} official ${official}`,
      ])
      .join('\n')
    return {
      check: sh`os_mirrors_are ${table}`,
      apply: sh`set_os_mirrors ${table}`,
      diff: sh`diff_os_mirrors ${table}`,
    }
  },
})
