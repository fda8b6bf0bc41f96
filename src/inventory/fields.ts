import { durationForm, seconds } from '../yaml/duration.ts'
import { withHint } from '../yaml/explain.ts'
import { z } from '../zod.ts'
import { kindMistake, notOfHosts, notOfNodes } from './address-kinds.ts'
import { isIP } from './addresses.ts'
import { addressMistake, isHostName, type Mistake, strictNameMistake } from './hosts/explain-address.ts'
import { parseJumps, userPattern } from './hosts/jump.ts'
import { kindsByName } from './hosts/name-table.ts'
import { flagMistake } from './kubernetes/arguments/flag-value.ts'
import type { FieldKind, FieldTable } from './kubernetes/kubelet.ts'
import { endpointMistake } from './kubernetes/networks/explain-endpoint.ts'
import { subnetMistake } from './kubernetes/networks/explain-subnet.ts'

/** RFC 1123 label: what a node, a cluster and a DNS label may be called. */
export const dnsLabel = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    withHint(
      'must be a DNS label',
      'use lower-case letters, digits and -, beginning and ending with a letter or digit, at most 63',
    ),
  )

/** A full name in small letters, `w1.example.com`. */
export const domain = z
  .string()
  .max(253, withHint('is longer than 253 characters', 'shorten it'))
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    withHint(
      'is not a DNS name',
      'use lower-case letters, digits, - and dots between; each part begins and ends with a letter or digit, and has at most 63',
    ),
  )

/**
 * What a node may be called: the kernel takes host names of 64, and the label kubernetes.io/hostname has 63 at most.
 */
export const nodeName = z
  .string()
  .max(
    63,
    withHint('is longer than 63 characters, the limit of node names', 'shorten it, for example to its first part'),
  )
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    withHint(
      'is not a valid node name',
      'use lower-case letters, digits, - and dots between; each part begins and ends with a letter or digit',
    ),
  )
  .refine(
    (name) => !/^localhost(\.|$)/.test(name),
    withHint('is the name that every host uses for itself', 'set a unique name, such as cp1'),
  )

const hostPattern = '(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)'

/** Text in which a function finds no mistake. */
export function without(mistakeOf: (text: string) => Mistake | undefined) {
  return z.string().superRefine((text, context) => {
    const mistake = mistakeOf(text)
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: withHint(...mistake) })
  })
}

/** By which a host is reached: a name or an IP address, no port. */
export const address = without((text) => addressMistake(text) ?? kindMistake(text, notOfHosts))

/** A server that hosts ask, by name or IP address. */
export const server = without(
  (text) =>
    addressMistake(text) ?? kindMistake(text, [...notOfHosts, 'loopback'], 'write a server that hosts can reach'),
)

/** A server that pods ask, by IP address. */
export const serverIP = (hint: string) =>
  without((text) =>
    isIP(text)
      ? kindMistake(text, [...notOfHosts, 'loopback'], 'write a server that pods can reach')
      : ['must be an IP address', hint],
  )

/** An address that other nodes reach a node by. */
export const nodeAddress = without((text) =>
  isIP(text) ? kindMistake(text, notOfNodes) : ['must be an IP address', 'write one of the addresses of the host'],
)

/** A name or an IP address in a certificate; of a name its first label may be `*`. */
export const certificateName = without((text) => {
  const plain = text.replace(/^\*\.(?=[^*]+$)/, '')
  const mistake = strictNameMistake(plain)
  if (mistake === undefined || isHostName(plain)) return mistake
  return [mistake[0], 'write a name, *.example.com or an IP address, without port and path']
})

export const port = z.int().min(1, 'must be a port, 1 to 65535').max(65535, 'must be a port, 1 to 65535')

/** Whether the port behind the last colon, where there is one, is one. */
function isPortFine(text: string): boolean {
  const [, port] = /:(\d{1,5})$/.exec(text.replace(/\[.*\]/, '')) ?? []
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65535)
}

/** `host:port` of the API. */
export const endpoint = without(endpointMistake)

/** A name to log in by over SSH. */
export const login = z
  .string()
  .max(256)
  .regex(userPattern, withHint('is not a login', 'write the login on the hosts, as for ssh'))

/** `[user@]host[:port]`, or several with commas between. */
export const jump = z
  .string()
  .refine(
    (text) => parseJumps(text)?.every(({ address }) => isIP(address) || isHostName(address)) ?? false,
    withHint(
      'must be [user@]host[:port], or several, comma-separated',
      'write for example ops@bastion.example.com:22; ports are 1 to 65535',
    ),
  )

/** A subnet without host bits. */
export const subnet = without(subnetMistake)

const qualified =
  '(?!.{254,}/)([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'

/** Key of a label. */
export const labelKey = z
  .string()
  .regex(new RegExp(`^${qualified}$`), withHint('is not a label key', 'write name or prefix.example.com/name'))

/** Value of a label; may be empty. */
export const labelValue = z
  .string()
  .regex(
    /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/,
    withHint(
      'is not a label value',
      'use letters, digits, - _ and dots, at most 63, beginning and ending with a letter or digit',
    ),
  )

/** `key=value:Effect` or `key:Effect`. */
export const taint = z
  .string()
  .regex(
    new RegExp(
      `^${qualified}(=[A-Za-z0-9]?([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?:(NoSchedule|PreferNoSchedule|NoExecute)$`,
    ),
    withHint(
      'is not a taint',
      'write key=value:Effect or key:Effect with Effect NoSchedule, PreferNoSchedule or NoExecute',
    ),
  )

/** A Kubernetes quantity, not negative. */
export const quantity = z
  .string()
  .regex(
    /^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?$/,
    withHint('is not a quantity', 'write for example 200m, 1, 500Mi or 1Gi'),
  )

/** Threshold of an eviction signal: quantity or percentage. */
export const threshold = z
  .string()
  .regex(
    /^(\d+(\.\d+)?%|\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?)$/,
    withHint('is not a threshold', 'write for example 200Mi or 10%'),
  )
  .refine(
    (text) => !text.endsWith('%') || Number.parseFloat(text) <= 100,
    withHint('is above 100%', 'write a percentage up to 100%'),
  )

/** `registry.example.com[:port]` */
export const registryHost = z
  .string()
  .regex(
    new RegExp(`^${hostPattern}(:\\d{1,5})?$`),
    withHint('must be a registry host', 'write host or host:port, without http:// and without a path'),
  )
  .refine(isPortFine, withHint('has a port above 65535', 'write a port from 1 to 65535'))

/** Text in one line; may be empty. */
export const line = z
  .string()
  .max(8192)
  .regex(/^[^\0-\x1f\x7f]*$/, withHint('must be one line', 'write it without line breaks and control characters'))

/** A file or directory of this machine. */
export const path = line.min(1)

/** Name of an environment variable. */
export const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, withHint('is not the name of a variable', 'use letters, digits and _'))

/** Version of a package, with its release or without. */
export const packageVersion = z
  .string()
  .max(100)
  .regex(/^v?\d[0-9A-Za-z.+~:*-]*$/, withHint('is not a version', 'write for example 2.2.1'))

const loginHint =
  'allow the hosts by their addresses: packages are fetched without a login. Set the login of a registry under registries.private, of a proxy under proxy'

/** What is wrong with a URL to fetch from, with a hint; undefined where nothing is. `{minor}` and dnf's `$` may stand in it. */
function urlProblem(text: string): readonly [message: string, hint: string] | undefined {
  if (!/^https?:\/\//.test(text)) return ['must be a URL', 'begin it with https:// or http://']
  if (!/^[!$%&()*+,./0-9:;=@A-Z[\]_a-z{}~-]{1,2000}$/.test(text))
    return ['is not a URL', 'write it in ASCII without blanks, quotes and |; use %20 for a blank']
  // Before it is parsed: what makes it no URL may be in the login, too.
  if (/^https?:\/\/[^/]*@/.test(text)) return ['must not contain a login', loginHint]
  const plain = text.replaceAll('{minor}', '1').replaceAll('$', '')
  if (!URL.canParse(plain)) return ['is not a URL', 'correct its host and port']
  return kindMistake(new URL(plain).hostname.replace(/^\[|\]$/g, ''), notOfHosts, 'write the address of the server')
}

/** An http(s) address to fetch from, where hosts can go without a login; or one of the words beside it. */
export function webUrl(...words: readonly string[]) {
  return z.string().superRefine((text, context) => {
    const [message, hint] = (words.includes(text) ? undefined : urlProblem(text)) ?? []
    if (message === undefined) return
    const or = message === 'must be a URL' && words.length > 0 ? `, or write ${words.join(' or ')}` : ''
    context.addIssue({ code: 'custom', message: withHint(message, `${hint}${or}`) })
  })
}

/** What addresses to fetch from begin with. `{minor}` may stand in it. */
export function baseUrl(...words: readonly string[]) {
  return webUrl(...words).transform((text) => text.replace(/\/{1,100}$/, ''))
}

/** How long something may take: 90s, 5m, 1h. */
export function patience(least: string, most: string) {
  const inside = (text: string) => seconds(text) >= seconds(least) && seconds(text) <= seconds(most)
  return z
    .string()
    .regex(durationForm, withHint('is not a duration', 'write for example 90s or 10m'))
    .refine(
      (text) => !durationForm.test(text) || inside(text),
      withHint(`is not from ${least} to ${most}`, 'write for example 10m'),
    )
}

/** A duration as Go writes it. */
export const duration = without((text) => flagMistake('duration', text))

const kinds: Readonly<Record<FieldKind, () => z.ZodType>> = {
  boolean: () => z.boolean(),
  integer: () => z.int(),
  number: () => z.number(),
  string: () => line,
  duration: () => duration,
  list: () => z.array(z.unknown()),
  map: () => z.record(z.string(), z.unknown()),
}

/**
 * A map of a component's own configuration fields, each optional.
 * @param others fields that have a form of their own
 */
export function componentFields(
  table: FieldTable,
  others: Readonly<Record<string, z.ZodType>> = {},
): z.ZodType<Record<string, unknown>> {
  const shape: Record<string, z.ZodType> = {}
  for (const [name, kind] of kindsByName(table)) shape[name] = kinds[kind]().optional()
  for (const [name, form] of Object.entries(others)) shape[name] = form.optional()
  return z.strictObject(shape) as unknown as z.ZodType<Record<string, unknown>>
}
