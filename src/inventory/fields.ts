import { durationForm, seconds } from '../yaml/duration.ts'
import { withHint } from '../yaml/explain.ts'
import { z } from '../zod.ts'
import { kindMistake, notOfHosts, notOfNodes } from './address-kinds.ts'
import { isIP } from './addresses.ts'
import { addressMistake, isHostName, type Mistake, strictNameMistake } from './hosts/explain-address.ts'
import { parseJumps, userPattern } from './hosts/jump.ts'
import { flagMistake } from './kubernetes/arguments/flag-value.ts'
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
