import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inside, insideOrFail } from '../../lab/src/power.ts'
import type { TestLab } from './harness.ts'

/** What a site has beside mirrors that work, served by the lab's upstream. */

/** Runs a script as root on the upstream; answers what it printed. */
export function onUpstream(lab: TestLab, script: string): Promise<string> {
  return insideOrFail(lab.lab.upstream, 'sh', '-c', script)
}

/** An address of the upstream; `path` with its slash. */
export function at(lab: TestLab, port: number, path = ''): string {
  return `http://${lab.lab.upstream.address}:${port}${path}`
}

/** Mirrors that answer, and are of no use: packages at 100 bytes, and images at 2 kB, in a second. */
export async function serveSlowly(lab: TestLab, port: number): Promise<void> {
  const site = `server {
  listen ${port};
  root /srv/upstream/packages;
  limit_rate 100;
  location /v2/ { proxy_pass http://127.0.0.1:5000; proxy_set_header Host $http_host; limit_rate 2k; }
}`
  await serve(lab, `slow-${port}`, site)
}

/** One more mirror of the packages that works. */
export async function servePackages(lab: TestLab, port: number): Promise<void> {
  await serve(lab, `packages-${port}`, `server { listen ${port}; root /srv/upstream/packages; }`)
}

/** One more mirror of Debian, at `/debian`; or it is gone. */
export async function serveDebian(lab: TestLab, port: number, archive: string, there = true): Promise<void> {
  if (there) {
    const path = new URL(archive)
    await serve(
      lab,
      `debian-${port}`,
      `server { listen ${port}; location /debian/ { proxy_pass http://127.0.0.1:${path.port}${path.pathname}/; } }`,
    )
  } else {
    await onUpstream(lab, `rm /etc/nginx/conf.d/debian-${port}.conf; nginx -s reload`)
    await untilPort(lab, port, false)
  }
}

/** The packages of the upstream itself, at port 80, are there no more; or again. */
export async function packagesAtPort80(lab: TestLab, there: boolean): Promise<void> {
  const link = '/etc/nginx/sites-enabled/default'
  await onUpstream(
    lab,
    there ? `ln -sf /etc/nginx/sites-available/default ${link}; nginx -s reload` : `rm ${link}; nginx -s reload`,
  )
  await untilPort(lab, 80, there)
}

async function serve(lab: TestLab, name: string, site: string): Promise<void> {
  await onUpstream(lab, `printf '%s\\n' '${site}' >/etc/nginx/conf.d/${name}.conf; nginx -t -q; nginx -s reload`)
  await untilPort(lab, Number(/listen (\d+)/.exec(site)?.[1]), true)
}

async function untilPort(lab: TestLab, port: number, open: boolean): Promise<void> {
  const script = `for try in $(seq 100); do
    if bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' 2>/dev/null; then now=true; else now=false; fi
    [ $now = ${open} ] && exit 0
    sleep 0.1
  done; exit 1`
  await insideOrFail(lab.lab.upstream, 'bash', '-c', script)
}

export interface SiteRegistry {
  /** `address:port` */
  readonly host: string
  /** Its CA, as a PEM file on this machine. */
  readonly ca: string
  readonly username: string
  readonly password: string
  /** File with the password, for its owner alone. */
  readonly passwordFile: string
}

/** A registry of the site's own: TLS by a CA that nobody knows, and a password. Files go into a directory of this machine. */
export async function startRegistry(lab: TestLab, port: number, directory: string): Promise<SiteRegistry> {
  const { address } = lab.lab.upstream
  const login = { username: 'puller', password: 'p\'ss "w$rd:5' }
  const setUp = `set -eu
apt-get -qq update
apt-get -qq install -y --no-install-recommends apache2-utils openssl >/dev/null
mkdir -p /srv/site && cd /srv/site
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=site-ca \\
  -keyout ca.key -out ca.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=site -keyout tls.key -out tls.csr 2>/dev/null
printf 'subjectAltName=IP:${address}\\n' >san
openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -days 30 -extfile san -out tls.crt 2>/dev/null
printf '%s' "$1" | htpasswd -Bic htpasswd ${login.username} 2>/dev/null
cat >registry.yml <<END
version: 0.1
storage: { filesystem: { rootdirectory: /srv/site/images } }
http: { addr: ":${port}", tls: { certificate: /srv/site/tls.crt, key: /srv/site/tls.key } }
auth: { htpasswd: { realm: site, path: /srv/site/htpasswd } }
END
systemd-run --quiet --unit site-registry docker-registry serve /srv/site/registry.yml
mkdir -p certs && cp ca.crt certs/`
  await insideOrFail(lab.lab.upstream, 'sh', '-c', setUp, '-', login.password)
  await untilPort(lab, port, true)
  mkdirSync(directory, { recursive: true })
  const ca = join(directory, 'site-ca.crt')
  const passwordFile = join(directory, 'registry-password')
  writeFileSync(ca, await onUpstream(lab, 'cat /srv/site/ca.crt'))
  writeFileSync(passwordFile, `${login.password}\n`, { mode: 0o600 })
  return { host: `${address}:${port}`, ca, passwordFile, ...login }
}

/** Puts an image of the upstream's own registry there, under this name. */
export async function pushPrivately(lab: TestLab, registry: SiteRegistry, from: string, name: string): Promise<string> {
  const image = `${registry.host}/${name}`
  const login = `${registry.username}:${registry.password}`
  const copy = `skopeo copy -q --src-tls-verify=false --dest-cert-dir /srv/site/certs --dest-creds "$1" \\
    docker://127.0.0.1:5000/${from} docker://${image}`
  await insideOrFail(lab.lab.upstream, 'sh', '-c', copy, '-', login)
  const { exitCode } = await inside(
    lab.lab.upstream,
    'skopeo',
    'inspect',
    '--cert-dir',
    '/srv/site/certs',
    `docker://${image}`,
  )
  if (exitCode === 0) throw new Error('the registry gives images to anyone')
  return image
}

/** A forward proxy that wants a password; https goes to the ports named. Its log tells what it was asked for. */
export async function startProxy(
  lab: TestLab,
  port: number,
  login: { readonly username: string; readonly password: string },
  tlsPorts: readonly number[],
): Promise<void> {
  const settings = [
    ...['User tinyproxy', 'Group tinyproxy', `Port ${port}`, 'Timeout 600', 'MaxClients 200', 'LogLevel Connect'],
    ...['LogFile "/var/log/tinyproxy/tinyproxy.log"', `BasicAuth ${login.username} ${login.password}`],
    ...[443, ...tlsPorts].map((each) => `ConnectPort ${each}`),
  ]
  const setUp = `set -eu
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends tinyproxy >/dev/null
printf '%s\\n' ${settings.map((line) => `'${line}'`).join(' ')} >/etc/tinyproxy/tinyproxy.conf
systemctl restart tinyproxy`
  await onUpstream(lab, setUp)
  await untilPort(lab, port, true)
}
