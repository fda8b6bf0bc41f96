import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import { createServer, type ServerOptions } from 'node:https'
import { type AddressInfo, connect, type Server } from 'node:net'
import { join } from 'node:path'
import { addonImages, kubernetesImages } from '../../lab/src/image-list.ts'
import { helmVersion } from '../../lab/src/release.ts'
import { type Answer, aptRepository, type Registry, registryOf, sha256 } from './official-content.ts'

/** The official hosts, and those that they send clients to. */
const hosts = [
  ...['pkgs.k8s.io', 'prod-cdn.packages.k8s.io', 'registry.k8s.io', 'us-west1-docker.pkg.dev', 'get.helm.sh'],
  ...['prod-registry-k8s-io-us-west-1.s3.dualstack.us-west-1.amazonaws.com', 'registry-1.docker.io', 'auth.docker.io'],
  'production.cloudflare.docker.com',
]

/** Answers in place of the usual ones; `hang` never answers. Called with `host/path`. */
export type Override = (place: string) => Answer | 'hang' | undefined

/** Imitations of the official hosts on this machine: redirects, tokens and signatures as the real ones have them. */
export interface OfficialHosts {
  /** What lets a program of this machine reach them as if they were the real ones: a proxy, and authorities to trust. */
  readonly environment: Readonly<Record<string, string>>
  /** All that was asked for, as `host/path`. */
  readonly requests: string[]
  override: Override
  close(): Promise<void>
}

export async function officialHosts(work: string): Promise<OfficialHosts> {
  mkdirSync(work, { recursive: true })
  const requests: string[] = []
  const found: { override: Override } = { override: () => undefined }
  const usual = await contents(work)
  const server = createServer(certificates(work), (request, response) => {
    const place = `${request.headers.host}${decodeURIComponent(request.url ?? '')}`
    requests.push(place)
    const answer = found.override(place) ?? usual(place, request)
    if (answer === 'hang') return
    response.writeHead(answer.status ?? 200, answer.headers)
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  })
  const port = await listen(server)
  // A proxy as sites have them. It leads to the imitations whatever is asked for by the names of the official hosts.
  const proxy = createHttpServer((_request, response) => response.writeHead(403).end())
  proxy.on('connect', (request, client) => {
    client.on('error', () => client.destroy())
    if (!hosts.includes(request.url?.split(':')[0] ?? '')) return client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    const upstream = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
  })
  const proxyPort = await listen(proxy)
  return {
    environment: { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, SSL_CERT_FILE: join(work, 'trusted.pem') },
    requests,
    get override() {
      return found.override
    },
    set override(override) {
      found.override = override
    },
    async close() {
      server.closeAllConnections()
      proxy.closeAllConnections()
      server.close()
      proxy.close()
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** An authority that only this test knows, and a certificate of it for all of the hosts. */
function certificates(work: string): ServerOptions {
  const at = (name: string) => join(work, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'ignore' })
  const made = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...made, '-subj', '/CN=test authority', '-keyout', at('ca.key'), '-out', at('ca.pem'))
  openssl('req', ...made, '-subj', '/CN=official', '-keyout', at('server.key'), '-out', at('server.csr'))
  writeFileSync(at('names'), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}\n`)
  const authority = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names')]
  openssl('x509', '-req', '-days', '2', '-in', at('server.csr'), ...authority, '-out', at('server.pem'))
  writeFileSync(at('trusted.pem'), readFileSync(at('ca.pem')))
  return { key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')) }
}

const missing: Answer = { status: 404, body: 'not found' }

async function contents(work: string): Promise<(place: string, request: IncomingMessage) => Answer> {
  const apt = aptRepository(work)
  const images = [...(await kubernetesImages()), ...(await addonImages())]
  const names = (official: string) =>
    images.filter((image) => image.official === official).map(({ repository, tag }) => `${repository}:${tag}`)
  const kubernetes = registryOf(names('registry.k8s.io'))
  const docker = registryOf(names('docker.io'))
  const archive = `helm-v${helmVersion}-linux-amd64.tar.gz`
  const helm = Buffer.from('an archive of Helm')
  const downloads = new Map<string, Answer>([
    [archive, { body: helm }],
    [`${archive}.sha256sum`, { body: `${sha256(helm)}  ${archive}\n` }],
  ])
  return (place, request) => {
    const host = place.slice(0, place.indexOf('/'))
    const path = place.slice(host.length + 1)
    switch (host) {
      case 'pkgs.k8s.io':
        return redirect(302, `https://prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/${path}`)
      case 'prod-cdn.packages.k8s.io':
        return apt.get(path.replace('repositories/isv:/kubernetes:/core:/stable:/v1.36/deb/', '')) ?? missing
      case 'registry.k8s.io':
        if (path === 'v2/') return { body: '{}' }
        return redirect(307, `https://us-west1-docker.pkg.dev/v2/k8s-artifacts-prod/images/${path.slice(3)}`)
      case 'us-west1-docker.pkg.dev': {
        const bucket = 'prod-registry-k8s-io-us-west-1.s3.dualstack.us-west-1.amazonaws.com/containers/images'
        return registryAnswer(kubernetes, path.replace('k8s-artifacts-prod/images/', ''), bucket)
      }
      case 'registry-1.docker.io': {
        const repository = /^v2\/(.*)\/(manifests|blobs)\//.exec(path)?.[1]
        if (request.headers.authorization !== `Bearer token-for-${repository}`) return unauthorized
        return registryAnswer(docker, path, 'production.cloudflare.docker.com/registry-v2')
      }
      case 'auth.docker.io': {
        const repository = /scope=repository:([^:&]*):pull/.exec(path)?.[1]
        return { body: JSON.stringify({ token: `token-for-${repository}`, expires_in: 300 }) }
      }
      case 'get.helm.sh':
        return downloads.get(path) ?? missing
      default: {
        const digest = path.slice(path.indexOf('sha256:'))
        const body = kubernetes.blobs.get(digest) ?? docker.blobs.get(digest)
        return body ? { body } : missing
      }
    }
  }
}

const unauthorized: Answer = {
  status: 401,
  headers: {
    'WWW-Authenticate': 'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"',
    'Docker-Distribution-Api-Version': 'registry/2.0',
  },
  body: '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}',
}

function redirect(status: number, Location: string): Answer {
  return { status, headers: { Location } }
}

function registryAnswer(registry: Registry, path: string, bucket: string): Answer {
  const [, repository, kind, reference] = /^v2\/(.*)\/(manifests|blobs)\/(.*)$/.exec(path) ?? []
  if (kind === 'blobs') return redirect(307, `https://${bucket}/${reference}`)
  const name = reference?.startsWith('sha256:') ? `${repository}@${reference}` : `${repository}:${reference}`
  const manifest = registry.manifests.get(name)
  if (!manifest) return { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}' }
  const headers = { 'Content-Type': manifest.type, 'Docker-Content-Digest': `sha256:${sha256(manifest.body)}` }
  return { headers, body: manifest.body }
}
