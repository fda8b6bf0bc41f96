import { raw, type ShellText, sh } from '../../shell/quote.ts'
import { z } from '../../zod.ts'
import { exactlyOne, fileName, fileStem, sha256, webAddress } from '../fields.ts'
import { digestOf } from '../files/digest.ts'
import { defineModule, type ModuleContext, type TaskBody } from '../module.ts'

const direct = z.boolean().default(false).describe('dnf and yum only: not by the proxy of dnf.conf')
const renewed = z
  .array(webAddress)
  .default([])
  .describe('Other URLs of the same key with a later end, tried in order once the one at keyUrl has expired')

const schema = z
  .strictObject({
    name: fileStem.describe('Names the files; a one-line list of the same name is replaced'),
    url: webAddress.describe('Base address; for dnf and yum the baseurl'),
    suite: z
      .string()
      .regex(/^[A-Za-z0-9._/-]+$/)
      .optional()
      .describe('apt only: the suite, or for a flat repository a directory such as "/"'),
    components: z
      .array(z.string().regex(/^[A-Za-z0-9._/-]+$/))
      .optional()
      .describe('apt only: none for a flat repository'),
    keyUrl: webAddress.optional().describe('Where the host fetches the signing key'),
    renewedKeyUrls: renewed,
    others: z
      .array(z.strictObject({ url: webAddress, keyUrl: webAddress, renewedKeyUrls: renewed, direct }))
      .default([])
      .describe(
        'Mirrors with the same packages and the same key, asked in order where the first does not answer in time',
      ),
    keyFile: fileName.optional().describe('A file beside the playbook with the signing key'),
    keySha256: sha256.optional().describe('What the key must be, byte for byte'),
    direct,
    moduleHotfixes: z
      .boolean()
      .default(false)
      .describe('dnf only: its packages are available whatever module streams of the distribution are on'),
    exclude: z
      .array(z.string().regex(/^[A-Za-z0-9.+_*-]+$/))
      .default([])
      .describe(
        'dnf and yum only: packages of it that only provision installs, so that an upgrade of everything leaves them alone',
      ),
  })
  .refine(
    (args) => exactlyOne(args, ['keyUrl', 'keyFile']),
    'needs either keyUrl or keyFile: unsigned repositories are not used',
  )
  .refine((args) => args.others.length === 0 || args.keyUrl !== undefined, 'others goes with keyUrl')
  .refine((args) => args.renewedKeyUrls.length === 0 || args.keyUrl !== undefined, 'renewedKeyUrls goes with keyUrl')

type Arguments = z.output<typeof schema>

/** A signed package repository: deb822 and a key of its own for apt, a .repo file for dnf and yum. */
export const repository = defineModule<Arguments>({
  name: 'repository',
  summary: 'A package repository with its signing key; its lists are fetched when it changes, those of others are not.',
  schema,
  timeout: 600,
  compile: (args, context) => (context.facts.family === 'debian' ? apt(args, context) : dnf(args, context)),
})

function apt(args: Arguments, context: ModuleContext): TaskBody {
  const suite = args.suite ?? '/'
  const components = suite.endsWith('/') ? [] : (args.components ?? ['main'])
  const listOf = (url: string) =>
    [
      '# Managed by provision',
      ...mirrorLines(args),
      'Types: deb',
      `URIs: ${url}`,
      `Suites: ${suite}`,
      ...(components.length > 0 ? [`Components: ${components.join(' ')}`] : []),
      `Architectures: ${context.facts.arch}`,
      'Signed-By: @KEY@',
      '',
    ].join('\n')
  const directory = '/etc/apt/keyrings'
  const known = urlsOf(args).flatMap((url) => [
    ...['asc', 'gpg'].map((type) => digestOf(listOf(url).replace('@KEY@', `${directory}/${args.name}.${type}`))),
    fetchedLists(url, suite),
  ])
  const key = signingKey(args, context)
  return {
    content: key.content,
    prefetch: {
      files: [
        `/etc/apt/sources.list.d/${args.name}.sources`,
        `${directory}/${args.name}.asc`,
        `${directory}/${args.name}.gpg`,
      ],
    },
    check: sh`
      no_sources_of_others ${args.name} ${suite} ${urlsOf(args)} &&
        repository_is ${args.name} ${key.digest} ${known}`,
    apply: applyOf(args, key, listOf),
  }
}

function dnf(args: Arguments, context: ModuleContext): TaskBody {
  const path = `/etc/yum.repos.d/${args.name}.repo`
  const keyPath = `/etc/pki/rpm-gpg/provision-${args.name}.asc`
  const direct = [args, ...args.others].filter((place) => place.direct).map((place) => place.url)
  const listOf = (url: string) =>
    [
      '# Managed by provision',
      ...mirrorLines(args),
      ...direct.map((each) => `# Direct: ${each}`),
      `[${args.name}]`,
      `name=${args.name}`,
      `baseurl=${url}`,
      ...(direct.includes(url) ? ['proxy=_none_'] : []),
      'enabled=1',
      'gpgcheck=1',
      `gpgkey=file://${keyPath}`,
      ...(args.moduleHotfixes ? ['module_hotfixes=1'] : []),
      ...(args.exclude.length > 0 ? [`exclude=${args.exclude.join(' ')}`] : []),
      '',
    ].join('\n')
  const key = signingKey(args, context)
  return {
    content: key.content,
    prefetch: { files: [path, keyPath] },
    check: sh`
      no_sources_of_others ${args.name} ${urlsOf(args)} &&
        repository_is ${args.name} ${key.digest} ${urlsOf(args).map((url) => digestOf(listOf(url)))}`,
    apply: applyOf(args, key, listOf),
  }
}

function urlsOf(args: Arguments): string[] {
  return [args.url, ...args.others.map((other) => other.url)]
}

/**
 * How the names of a repository's files begin in /var/lib/apt/lists: its address without scheme, with `_` for `/`, and what
 * apt quotes as `%` and two digits (URItoFileName in apt-pkg/contrib/strutl.cc).
 */
export function fetchedLists(url: string, suite: string): string {
  const base = url.endsWith('/') ? url : `${url}/`
  const directory = suite === '/' ? base : `${base}${suite.endsWith('/') ? suite : `dists/${suite}/`}`
  return directory
    .replace(/^[a-z]+:\/\//, '')
    .replaceAll(/[\\|{}[\]<>"^~_=!@#$%&*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`)
    .replaceAll('/', '_')
}

/** In the list itself, so that whoever finds its mirror gone knows the others, and where its key is fetched again. */
function mirrorLines(args: Arguments): string[] {
  if (args.keyUrl === undefined) return []
  const digest = args.keySha256 === undefined ? [] : [`# Key: sha256 ${args.keySha256}`]
  return [...places(args).map((place) => `# Mirror: ${place}`), ...digest]
}

function places(args: Arguments): string[] {
  const own = { url: args.url, keyUrl: args.keyUrl as string, renewedKeyUrls: args.renewedKeyUrls }
  return [own, ...args.others].map((place) => [place.url, place.keyUrl, ...place.renewedKeyUrls].join(' '))
}

function applyOf(args: Arguments, key: SigningKey, listOf: (url: string) => string): ShellText {
  if (args.others.length > 0) {
    return sh`printf '%s' ${listOf('@URL@')} | set_mirrored_repository ${args.name} ${key.digest} ${places(args)}`
  }
  return sh`
    ${key.fetch}
    printf '%s' ${listOf(args.url)} | set_repository ${args.name} "$P_RUN/key"`
}

interface SigningKey {
  readonly content?: string | Uint8Array
  /** Empty where any key at that address will do. */
  readonly digest: string
  /** Puts it into "$P_RUN/key". */
  readonly fetch: ReturnType<typeof raw>
}

function signingKey(args: Arguments, context: ModuleContext): SigningKey {
  if (args.keyFile === undefined) {
    const wanted = args.keySha256 ?? ''
    return {
      digest: wanted,
      fetch: raw(sh`fetch_key ${args.name} ${wanted} "$P_RUN/key" ${[args.keyUrl as string, ...args.renewedKeyUrls]}`),
    }
  }
  const content = context.readFile(args.keyFile)
  return { content, digest: digestOf(content), fetch: raw(`${context.id}_content >"$P_RUN/key"`) }
}
