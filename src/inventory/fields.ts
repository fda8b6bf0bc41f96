import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { withHint } from '../yaml/explain.ts'
import type { FieldKind, FieldTable } from './kubelet-fields.ts'

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

/** A node may also be called by a full name, `w1.example.com`. */
export const nodeName = z
  .string()
  .max(253)
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    withHint(
      'is not a name a node can have',
      'use lower-case letters, digits, - and dots between; each part begins and ends with a letter or digit',
    ),
  )

const hostPattern = '(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?)'

/** A name or an IP address, no port. */
export const address = z
  .string()
  .refine(
    (text) => isAddress(text),
    withHint(
      'must be an IP address or a host name',
      'write the address alone; user and port go under ssh: { user, port }',
    ),
  )

/** Whether the text is an IP address or can be a host name. What looks like a broken IPv4 address is neither. */
export function isAddress(text: string): boolean {
  if (isIP(text)) return true
  return /^(?![\d.]+$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*\.?$/.test(text)
}

export function isIP(text: string): boolean {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text)
}

/** Whether an IP address is in a network, `10.0.0.0/8`. False for what is no network. */
export function isInside(address: string, network: string): boolean {
  if (!ipaddr.isValidCIDR(network)) return false
  const [base, prefix] = ipaddr.parseCIDR(network)
  const parsed = ipaddr.parse(address)
  return parsed.kind() === base.kind() && parsed.match(base, prefix)
}

export const port = z.int().min(1, 'must be a port, 1 to 65535').max(65535, 'must be a port, 1 to 65535')

/** Whether the port behind the last colon, where there is one, is one. */
function isPortFine(text: string): boolean {
  const [, port] = /:(\d{1,5})$/.exec(text.replace(/\[.*\]/, '')) ?? []
  return port === undefined || (Number(port) >= 1 && Number(port) <= 65535)
}

/** `host:port` */
export const endpoint = z
  .string()
  .regex(
    new RegExp(`^${hostPattern}:\\d{1,5}$`),
    withHint('must be host:port', 'write for example k8s.example.com:6443'),
  )
  .refine((text) => !(Number(text.slice(text.lastIndexOf(':') + 1)) > 65535), 'has a port above 65535')

/** `[user@]host[:port]` */
export const jump = z
  .string()
  .regex(
    new RegExp(`^([A-Za-z0-9_.-]+@)?${hostPattern}(:\\d{1,5})?$`),
    withHint('must be [user@]host[:port]', 'write for example ops@bastion.example.com:22'),
  )
  .refine(isPortFine, withHint('has a port above 65535', 'write a port from 1 to 65535'))

/** A subnet without host bits. */
export const subnet = z.string().superRefine((text, context) => {
  const bad = (message: string, hint: string) => context.addIssue({ code: 'custom', message: withHint(message, hint) })
  if (!ipaddr.isValidCIDR(text)) return bad('must be a subnet in CIDR form', 'write for example 10.244.0.0/16')
  const [base, prefix] = ipaddr.parseCIDR(text)
  const family = base.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6
  const network = `${family.networkAddressFromCIDR(text).toString()}/${prefix}`
  if (ipaddr.parse(network.split('/')[0] as string).toString() !== base.toString()) {
    bad('is an address within a subnet, not the subnet', `write ${network}`)
  }
})

const qualified = '([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?'

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
  .regex(/^[0-9A-Za-z][0-9A-Za-z.+~:*-]*$/, withHint('is not a version', 'write for example 2.2.1'))

const loginHint =
  'packages are fetched without a login: let the hosts in by their addresses; a login at a registry goes under registries.private, one at a proxy under proxy, as username and password'

/** What is wrong with a URL to fetch from, with a hint; undefined where nothing is. `{minor}` and dnf's `$` may stand in it. */
function urlProblem(text: string): readonly [message: string, hint: string] | undefined {
  if (!/^https?:\/\//.test(text)) return ['must be a URL', 'begin it with https:// or http://']
  if (!/^[!$%&()*+,./0-9:;=@A-Z[\]_a-z{}~-]{1,2000}$/.test(text))
    return [
      'is not a URL',
      'write it without blanks, quotes, | and letters that are not of ASCII; %20 stands for a blank',
    ]
  // Before it is parsed: what makes it no URL may be in the login, too.
  if (/^https?:\/\/[^/]*@/.test(text)) return ['must not hold a login', loginHint]
  return URL.canParse(text.replaceAll('{minor}', '1').replaceAll('$', ''))
    ? undefined
    : ['is not a URL', 'look at its host and port']
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

const kinds: Readonly<Record<FieldKind, () => z.ZodType>> = {
  boolean: () => z.boolean(),
  integer: () => z.int(),
  number: () => z.number(),
  string: () => line,
  duration: () =>
    z
      .string()
      .regex(/^(0|(\d+(\.\d+)?(ns|us|ms|s|m|h))+)$/, withHint('is not a duration', 'write for example 30s or 5m')),
  list: () => z.array(z.unknown()),
  map: () => z.record(z.string(), z.unknown()),
}

/** A map of a component's own configuration fields, each optional. */
export function componentFields(table: FieldTable): z.ZodType<Record<string, unknown>> {
  const shape: Record<string, z.ZodType> = {}
  for (const [kind, names] of Object.entries(table) as [FieldKind, string][]) {
    for (const name of names.trim().split(/\s+/)) shape[name] = kinds[kind]().optional()
  }
  return z.strictObject(shape) as unknown as z.ZodType<Record<string, unknown>>
}
