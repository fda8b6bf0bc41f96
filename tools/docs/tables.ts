import type { Catalogue } from '../../src/catalogue/catalogue.ts'
import type { Opening } from '../../src/catalogue/ports.ts'
import type { System } from '../../src/catalogue/systems.ts'

const tests: Readonly<Record<System['tested'], string>> = {
  lab: 'clusters on real hosts, in every test run',
  'stand-in': 'clusters on a stand-in: its dnf, rpm, firewalld and services are real, the system beneath is Debian',
  compiled: 'programs compiled for amd64 and arm64 and compared; none was run on it',
}

/** The systems as docs/reference/supported-systems.md shows them. */
export function systemsTable(systems: readonly System[]): string {
  const rows = systems.map((row) => {
    const state = row.state === 'unproven' ? 'with `systems: any`' : row.state
    const reason = row.why === undefined ? '' : `: ${row.why}. ${capital(row.way ?? '')}`
    return `| ${row.name} | \`${row.id}\` \`${row.version}\` | ${state}${reason} | ${tests[row.tested]} |`
  })
  return ['| system | os-release | | tested by |', '|---|---|---|---|', ...rows].join('\n')
}

const protocols: Readonly<Record<Opening['protocol'], string>> = { tcp: 'TCP', udp: 'UDP', ipip: 'IP protocol 4' }
const conditions: Readonly<Record<NonNullable<Opening['with']>, string>> = {
  'kube-proxy': 'kube-proxy',
  'kube-router': '`network: kube-router`',
  'service-proxy': '`serviceProxy: true`',
  ipip: '`network: kube-router`, unless `encapsulation: fou`',
  fou: '`encapsulation: fou`',
  names: '`names: dns`',
}

/** What must get in, as docs/guides/firewall.md shows it. */
export function portsTable(ports: readonly Opening[]): string {
  const rows = ports.map((row) => {
    const what = `${protocols[row.protocol]}${row.ports === undefined ? '' : ` ${row.ports}`}`
    const on = row.on.length === 2 ? 'all' : `${row.on[0]}s`
    return `| ${what} | ${row.name} | ${on} | ${row.from.join(', ')} | ${row.with === undefined ? '' : conditions[row.with]} |`
  })
  return ['| what | for | on | from | only with |', '|---|---|---|---|---|', ...rows].join('\n')
}

/** What a release installs, as docs/reference/versions.md shows it. */
export function versionsTable(catalogue: Catalogue): string {
  const rows = [
    ['Kubernetes', catalogue.kubernetes.default, `\`kubernetes.version\`: ${minors(catalogue).join(', ')}`],
    ['Docker', catalogue.docker.version, '`docker.version`'],
    ['containerd', catalogue.docker.containerd, '`containerd.version`'],
    ['cri-dockerd', catalogue['cri-dockerd'].version, ''],
    ['Helm', catalogue.helm.version, '`helm.version`: 4'],
    ['kube-router', catalogue['kube-router'].image.replace(/.*:v/, ''), ''],
  ]
  return ['| software | Default | setting |', '|---|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join(
    '\n',
  )
}

function minors({ kubernetes }: Catalogue): string[] {
  return Object.keys(kubernetes.minors).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
