import { createHash } from 'node:crypto'
import { basename } from 'node:path'
import { lines, raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { absolutePath, fileName, webAddress } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule, type ModuleContext } from '../module.ts'
import { digestOfFiles, packFiles } from './chart-archive.ts'

const dnsLabel = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label')
const version = z.string().min(1).describe('Which version of it')

const chart = z.union([
  z.strictObject({
    oci: z
      .string()
      .regex(/^oci:\/\/\S+$/, 'must begin with oci://')
      .describe('oci://HOST/PATH'),
    version,
  }),
  z.strictObject({
    repository: webAddress.describe('Address of a chart repository'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9._-]+$/, 'must be a name')
      .describe('What it is called there'),
    version,
  }),
  z.strictObject({ folder: z.string().min(1).describe('Folder with the chart, relative to the playbook') }),
  z.strictObject({ archive: fileName.describe('The chart as a .tgz, relative to the playbook') }),
])

const schema = z.strictObject({
  name: dnsLabel.describe('What the release is called'),
  namespace: dnsLabel.describe('Where it is; made where it is not there'),
  chart: chart.describe('Where its chart comes from'),
  registry: z
    .strictObject({
      host: z.string().min(1).describe('host or host:port'),
      auth: z.string().optional().describe('base64 of user:password'),
      ca: absolutePath.optional().describe('Its certificate authority, on the host'),
      insecure: z.boolean().default(false).describe('Plain HTTP'),
    })
    .optional()
    .describe('What is to be known of the registry or repository of the chart'),
  values: z.record(z.string(), z.unknown()).default({}).describe('Values, laid over those of the chart'),
  valuesFile: fileName.optional().describe('File with values, below those'),
  secretValues: z.string().optional().describe('YAML with secret values, which take precedence over those'),
  wait: z.boolean().default(true).describe('Until it is ready; what does not become so is taken back'),
  timeout: z.int().min(1).max(1500).default(300).describe('Seconds that may take'),
})

type Arguments = z.output<typeof schema>

/**
 * A release of Helm. Whether it is as it should be is read off labels of its record, so a run that has nothing to do
 * starts no helm and fetches no chart; what somebody changes in its objects without Helm is not seen.
 */
export const helmRelease = defineModule<Arguments>({
  name: 'helmRelease',
  summary:
    'A release of Helm: its chart, pinned, with these values. One that the inventory does not name is taken out by `removedReleases`.',
  schema,
  // A release that does not become ready is waited for once more when the one before it comes back.
  timeout: 3600,
  library: 'helm',
  compile(args, context) {
    const { name, namespace } = args
    const { content, identity } = chartContent(args, context)
    const file = args.valuesFile === undefined ? undefined : Buffer.from(context.readFile(args.valuesFile)).toString()
    const parts = partsOf(args, content, file)
    const digest = createHash('sha256')
      .update(JSON.stringify([identity, args.values, file, args.secretValues]))
      .digest('hex')
      .slice(0, 32)
    const lay = sh`lay_out ${context.id} ${Object.keys(parts)}`
    const text = [args.secretValues, JSON.stringify(args.values), file].join('\n')
    const shown = args.secretValues !== undefined || context.isSecret(text) ? 'named' : 'shown'
    return {
      parts,
      check: sh`release_is ${namespace} ${name} ${digest}`,
      apply: lines(
        lay,
        fetching(args),
        sh`apply_release ${namespace} ${name} ${digest} ${args.timeout} ${args.wait ? 'yes' : 'no'}`,
      ),
      diff: sh`
        echo ${`${namespace}/${name}: ${called(args)}`}
        command -v helm >/dev/null || return 0
        ${raw(lay)} && ${raw(fetching(args))} || { echo 'what it changes cannot be told: its chart does not come' && return; }
        release_diff ${namespace} ${name} ${shown}`,
    }
  },
})

/** What the program has to bring of the chart, and what tells the chart from another. */
function chartContent({ chart }: Arguments, context: ModuleContext): { content?: Uint8Array; identity: unknown } {
  if ('folder' in chart) {
    const files = context.readFolder(chart.folder)
    return { content: packFiles(files), identity: digestOfFiles(files) }
  }
  if ('archive' in chart) {
    const content = context.readFile(chart.archive)
    return { content, identity: digestOf(content) }
  }
  return { identity: chart }
}

type Parts = Readonly<Record<string, string | Uint8Array>>

/** The files that helm reads, by what the shell library calls them. */
function partsOf(args: Arguments, content: Uint8Array | undefined, file: string | undefined): Parts {
  const { registry, chart } = args
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
  const login = registry?.auth !== undefined && { auths: { [registry.host]: { auth: registry.auth } } }
  return {
    ...(content && { chart: content }),
    ...(file && { file }),
    // JSON, since YAML has words that Helm reads otherwise than we do: yes, on.
    ...(Object.keys(args.values).length > 0 && { values: json(args.values) }),
    ...(args.secretValues !== undefined && { secret: `${args.secretValues.trimEnd()}\n` }),
    ...('oci' in chart && login && { login: json(login) }),
    ...('repository' in chart && { repositories: json(repositories(chart.repository, registry)) }),
  }
}

/** As helm keeps its list of repositories: the one place in which a login can stand. */
function repositories(url: string, registry: Arguments['registry']): object {
  const [username, ...password] = Buffer.from(registry?.auth ?? '', 'base64')
    .toString()
    .split(':')
  const login = registry?.auth === undefined ? {} : { username, password: password.join(':') }
  return { apiVersion: '', repositories: [{ name: 'provision', url, ...login, caFile: registry?.ca }] }
}

function fetching({ chart, registry }: Arguments): ShellText {
  if ('folder' in chart) return sh`own_chart`
  if ('archive' in chart) return sh`h_chart=$h_place/chart`
  if ('repository' in chart) return sh`pull_listed ${chart.name} ${chart.version}`
  const options = [
    ...(registry?.insecure ? ['--plain-http'] : []),
    ...(registry?.ca === undefined ? [] : ['--ca-file', registry.ca]),
  ]
  return sh`pull_chart ${chart.oci} ${chart.version} ${options}`
}

function called({ chart }: Arguments): string {
  if ('folder' in chart) return `the folder ${basename(chart.folder)}`
  if ('archive' in chart) return basename(chart.archive)
  return 'oci' in chart ? `${chart.oci} ${chart.version}` : `${chart.name} ${chart.version} of ${chart.repository}`
}
