import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import * as field from '../fields.ts'
import { secret } from '../hosts/schema.ts'
import { webUrl } from '../urls.ts'

/** What Helm takes as a version of a chart; no range, and no tag that moves. */
const chartVersion = z
  .string()
  .regex(
    /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/,
    withHint('is not a version', 'write an exact version, such as 1.4.2: ranges and tags are not pinned'),
  )

const release = z.strictObject({
  chart: z
    .string()
    .regex(
      /^[^\s\x00-\x1f\x7f"'\\]{1,2000}$/,
      withHint('is not a chart', 'write oci://HOST/PATH, or a folder beside this file'),
    )
    .describe('oci://HOST/PATH, a chart name in `repository`, or a local folder or .tgz, relative to this file'),
  repository: webUrl().optional().describe('URL of the chart repository'),
  version: chartVersion.optional().describe('Version of the chart; omit it for local charts'),
  namespace: field.dnsLabel.describe('Namespace of the release; created if missing'),
  values: z.record(z.string(), z.unknown()).optional().describe('Values, merged over those of the chart'),
  valuesFile: field.path
    .optional()
    .describe('YAML file with values, relative to this file; `values` are merged over it'),
  secretValues: secret.optional().describe('Source of secret values, as YAML; merged over the others'),
  wait: z
    .boolean()
    .default(true)
    .describe('Wait until the release is ready, and roll back if it does not become ready'),
  timeout: field.patience('1s', '25m').default('5m').describe('Time limit for becoming ready'),
})

/** The `helm` section. */
export const helm = z.strictObject({
  version: z
    .string()
    .regex(
      /^4\.\d+\.\d+$/,
      withHint('is not a version of Helm 4', 'write for example 4.2.4; Helm 3 no longer receives security fixes'),
    )
    .optional()
    .describe('Version to install. Default: the version of this release'),
  releases: z
    .record(
      z
        .string()
        .max(53, withHint('is too long for a release', 'use at most 53 characters'))
        .regex(
          /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
          withHint('is not a valid release name', 'use lower-case letters, digits and -'),
        ),
      release,
    )
    .default({})
    .describe('Releases by name. Releases that you remove are uninstalled'),
})
