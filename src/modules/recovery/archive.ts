import { lines, raw, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, fileName } from '../fields.ts'
import { defineModule } from '../module.ts'

const name = z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be of lower-case letters, digits, dots and -')

/**
 * Makes an archive of the cluster: etcd's snapshot, /etc/kubernetes and what else a restore needs, as a tar on the host's
 * disk that goes with the run. Made anew in every run. The value is the tar's path.
 */
export const archive = defineModule({
  name: 'archive',
  summary:
    'An archive of the cluster, made on a control plane: the value is the path of its tar, which goes with the run.',
  schema: z.strictObject({
    cluster: name.describe('Name of the cluster'),
    host: name.describe('Name of this host'),
    inventory: fileName.describe('The inventory that goes into it'),
  }),
  timeout: 7200,
  compile(args, context) {
    const done = raw(`"$P_RUN/done.${context.id}"`)
    return {
      content: context.readFile(args.inventory),
      check: sh`[ -e ${done} ]`,
      apply: lines(
        sh`${raw(context.render('backup/archive.sh'))}`,
        sh`
          ${raw(context.id)}_content >"$P_RUN/inventory.yaml"
          # shellcheck disable=SC2046 # words without blanks
          make_archive "$P_DISK" ${args.cluster} ${args.host} "$P_RUN/inventory.yaml" $(etcd_here)
          : >${done}`,
      ),
      output: sh`echo "$P_DISK/archive.tar"`,
    }
  },
})

/** Proves an archive by restoring it into a scratch etcd and counting what is in it. The value is what it found, as JSON. */
export const verifyArchive = defineModule({
  name: 'verifyArchive',
  summary:
    'Restores an archive into a scratch etcd that only this host can reach, and counts its objects; the value is what it found.',
  schema: z.strictObject({
    directory: absolutePath.describe('Where the archive is, as archive.tar; gone in the end'),
  }),
  timeout: 7200,
  compile(args, context) {
    return {
      check: sh`[ -e "$P_RUN/proof" ]`,
      apply: lines(
        sh`${raw(context.render('backup/archive.sh'))}`,
        sh`${raw(context.render('backup/prove.sh'))}`,
        sh`prove_archive ${args.directory}`,
      ),
      output: sh`cat "$P_RUN/proof"`,
    }
  },
})
