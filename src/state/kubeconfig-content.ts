import { createPrivateKey, X509Certificate } from 'node:crypto'
import { parse } from 'yaml'
import { ProtocolError } from '../errors.ts'
import { z } from '../zod.ts'

/** Bytes. kubeadm's own has about 5,600. */
const MAX_SIZE = 64 * 1024
/** A CA that is being replaced is there twice. */
const MAX_AUTHORITIES = 8

const name = z.string()
const schema = z.object({
  'current-context': name,
  contexts: z.array(z.object({ name, context: z.object({ cluster: name, user: name }) })),
  clusters: z.array(z.object({ name, cluster: z.object({ 'certificate-authority-data': z.string() }) })),
  users: z.array(
    z.object({ name, user: z.object({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }) }),
  ),
})

/** What a kubeconfig may hold; certificates and the key as PEM. */
interface Fields {
  readonly authorities: string
  readonly certificate: string
  readonly key: string
}

/**
 * The cluster's kubeconfig, made anew from what a control plane printed: its CA, the client certificate and the client key.
 * The server is the one of the inventory. A kubeconfig is configuration of the machine that uses it, and may name programs to
 * run, files to read and proxies to go by (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/), so nothing else
 * of it is kept. `server`: host:port. Throws ProtocolError where one of the three is missing or is not what it should be.
 */
export function kubeconfigOf(text: string, names: { readonly cluster: string; readonly server: string }): string {
  const { authorities, certificate, key } = fieldsOf(text)
  const user = 'kubernetes-admin'
  const context = `${user}@${names.cluster}`
  return `${[
    'apiVersion: v1',
    'kind: Config',
    'clusters:',
    `- name: ${JSON.stringify(names.cluster)}`,
    '  cluster:',
    `    certificate-authority-data: ${base64(authorities)}`,
    `    server: ${JSON.stringify(`https://${names.server}`)}`,
    'contexts:',
    `- name: ${JSON.stringify(context)}`,
    `  context: { cluster: ${JSON.stringify(names.cluster)}, user: ${user} }`,
    `current-context: ${JSON.stringify(context)}`,
    'users:',
    `- name: ${user}`,
    '  user:',
    `    client-certificate-data: ${base64(certificate)}`,
    `    client-key-data: ${base64(key)}`,
  ].join('\n')}\n`
}

function fieldsOf(text: string): Fields {
  if (Buffer.byteLength(text) > MAX_SIZE) throw wrong(`is larger than ${MAX_SIZE} bytes`)
  const config = read(text)
  const context = called(config['current-context'], config.contexts).context
  const { cluster } = called(context.cluster, config.clusters)
  const { user } = called(context.user, config.users)
  const authorities = certificatesOf(cluster['certificate-authority-data'], 'certificate-authority-data')
  const [certificate] = certificatesOf(user['client-certificate-data'], 'client-certificate-data')
  if (certificate === undefined) throw wrong('has no certificate in client-certificate-data')
  return {
    authorities: authorities.map(pem).join(''),
    certificate: pem(certificate),
    key: keyOf(user['client-key-data'], certificate),
  }
}

function called<Item extends { readonly name: string }>(name: string, items: readonly Item[]): Item {
  const found = items.find((item) => item.name === name)
  if (found === undefined) throw wrong('lacks the cluster or user of its current context')
  return found
}

function read(text: string): z.output<typeof schema> {
  let value: unknown
  try {
    // All scalars as text; no aliases, which a few lines can make gigabytes of; keys are not compared, which takes long.
    value = parse(text, { schema: 'failsafe', maxAliasCount: 0, uniqueKeys: false, logLevel: 'silent' })
  } catch {
    throw wrong('is not YAML')
  }
  const { data, error } = schema.safeParse(value)
  if (data === undefined) throw wrong(`has no valid ${error.issues[0]?.path.join('.') || 'settings'}`)
  return data
}

function certificatesOf(data: string, field: string): X509Certificate[] {
  const blocks = decoded(data).match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.length > MAX_AUTHORITIES) throw wrong(`has no certificate in ${field}`)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    throw wrong(`has an invalid certificate in ${field}`)
  }
}

/** The private key of a certificate, as PEM. */
function keyOf(data: string, certificate: X509Certificate): string {
  try {
    const key = createPrivateKey(decoded(data))
    if (certificate.checkPrivateKey(key)) return key.export({ format: 'pem', type: 'pkcs8' }).toString()
  } catch {
    throw wrong('has no private key in client-key-data')
  }
  throw wrong('has a private key that does not match its client certificate')
}

function pem(certificate: X509Certificate): string {
  return certificate.toString()
}

function decoded(data: string): string {
  return Buffer.from(data, 'base64').toString('latin1')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function wrong(how: string): ProtocolError {
  return new ProtocolError(`the kubeconfig ${how}`)
}
