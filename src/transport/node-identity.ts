import { createHash, X509Certificate } from 'node:crypto'

/** Which node of which cluster a host is, as its own files have it. */
export interface NodeIdentity {
  /** Of the kubelet's client certificate, else of kubelet.conf; undefined where neither names one. */
  readonly name?: string | undefined
  /** URL of the API server that the kubelet talks to; empty where there is no kubelet.conf. */
  readonly server: string
  /** SHA-256 of the public keys of the cluster's CAs, in hex: the same for a CA that was renewed with its key. */
  readonly authorities: readonly string[]
  /** Name of a cluster that provision made; control planes alone have it. */
  readonly cluster?: string | undefined
  /** `unfinished`: a restore or rebuild has not ended here; `etcd`: there is data of an etcd that no kubeadm is at. */
  readonly rest?: 'unfinished' | 'etcd' | undefined
}

/** A CA that is being replaced is there twice. */
const MAX_CERTIFICATES = 8

/**
 * Reads the fields `node`, `kubelet`, `ca`, `server`, `cluster` and `rest` of a greeting (session/node.sh). Undefined for a host that
 * has nothing of a node. They are the host's words: what cannot be read counts as not there.
 */
export function readNodeIdentity(get: (field: string) => string): NodeIdentity | undefined {
  const [certificate] = certificatesIn(get('kubelet'))
  const name = nameIn(certificate) ?? (get('node') || undefined)
  const authorities = authoritiesOf(decoded(get('ca')))
  const server = get('server')
  const cluster = get('cluster') || undefined
  const rest = (['unfinished', 'etcd'] as const).find((each) => each === get('rest'))
  if (name === undefined && authorities.length === 0 && server === '' && rest === undefined) return undefined
  return { name, server, authorities, cluster, rest }
}

/** SHA-256 of the public keys of the certificates in a PEM text, in hex. */
export function authoritiesOf(pem: string): string[] {
  return certificatesOf(pem).map((each) =>
    createHash('sha256')
      .update(each.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('hex'),
  )
}

/** `O=system:nodes, CN=system:node:NAME`: https://kubernetes.io/docs/reference/access-authn-authz/node/ */
function nameIn(certificate: X509Certificate | undefined): string | undefined {
  return /^CN=system:node:([a-z0-9.-]+)$/m.exec(certificate?.subject ?? '')?.[1]
}

function certificatesIn(base64: string): X509Certificate[] {
  return certificatesOf(decoded(base64))
}

function certificatesOf(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? []
  return blocks.slice(0, MAX_CERTIFICATES).flatMap((block) => {
    try {
      return [new X509Certificate(block)]
    } catch {
      return []
    }
  })
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1')
}
