import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'

/** What Helm takes as a version of a chart; no range, and no tag that moves. */
const chartVersion = z
  .string()
  .regex(
    /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
    withHint('is not a version', 'write the whole of one, such as 1.4.2: ranges and names that move are not pinned'),
  )

const release = z.strictObject({
  chart: z
    .string()
    .regex(
      /^[^\s\x00-\x1f\x7f"'\\]{1,2000}$/,
      withHint('is not a chart', 'write oci://HOST/PATH, or a folder beside this file'),
    )
    .describe(
      'oci://HOST/PATH; a name in the `repository` beside it; or a folder or .tgz of your own, relative to this file',
    ),
  repository: field.webUrl().optional().describe('URL of the chart repository'),
  version: chartVersion.optional().describe('Version of the chart. A chart of your own says it itself'),
  namespace: field.dnsLabel.describe('Namespace of the release; made where it is not there'),
  values: z.record(z.string(), z.unknown()).optional().describe('Values, laid over those of the chart'),
  valuesFile: field.path.optional().describe('YAML file with values, relative to this file; `values` are laid over it'),
  secretValues: secret
    .optional()
    .describe('Where values come from that nobody is to see, as YAML; laid over the others'),
  wait: z
    .boolean()
    .default(true)
    .describe('Whether the run waits until all of it is ready, and takes the change back where it does not become so'),
  timeout: field.patience('1s', '25m').default('5m').describe('How long it may take to become ready'),
})

/** The `helm` section. */
export const helm = z.strictObject({
  version: z
    .string()
    .regex(
      /^4\.\d+\.\d+$/,
      withHint('is not a version of Helm 4', 'write for example 4.2.4; Helm 3 gets no security fixes any more'),
    )
    .optional()
    .describe("Version to install; the release's own without it"),
  releases: z
    .record(
      z
        .string()
        .max(53, withHint('is too long for a release', 'use at most 53 characters'))
        .regex(
          /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
          withHint('is not a name a release can have', 'use lower-case letters, digits and -'),
        ),
      release,
    )
    .default({})
    .describe('Releases by name; those that are no longer named are uninstalled'),
})
