import { sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, fileMode, owner, plainMode, sha256, webAddress } from '../fields.ts'
import { defineModule } from '../module.ts'

/** A file that the host fetches itself. It is at its place only once its digest has been verified. */
export const download = defineModule({
  name: 'download',
  summary: 'A file the host fetches from an address; verified before it is put in its place.',
  schema: z.strictObject({
    url: webAddress.describe('Where from; http is as good as https, since the digest decides'),
    to: absolutePath.describe('Where it goes'),
    sha256: sha256.describe('What it must be'),
    mode: fileMode('0644'),
    owner,
    group: owner,
  }),
  timeout: 900,
  compile(args) {
    const mode = plainMode(args.mode)
    return {
      prefetch: { files: [args.to] },
      check: sh`file_is ${args.to} ${mode} ${args.owner} ${args.group} ${args.sha256}`,
      apply: sh`
        ledger_file ${args.to}
        download_file ${args.url} ${args.to} ${args.sha256} ${mode} ${args.owner} ${args.group}`,
    }
  },
})
