import { X509Certificate } from 'node:crypto'
import { clean } from '../../views/style.ts'
import type { CertificateStatus } from '../schema.ts'
import { numberIn, readRecords } from './records.ts'

const DAY = 86_400_000

/** How the processes that hold a certificate show that they have taken it. */
const presentedAs: ReadonlyMap<string, string> = new Map(
  Object.entries({
    apiserver: 'apiserver',
    'etcd-server': 'etcd-client',
    'etcd-peer': 'etcd-peer',
  }),
)
const readAtStart: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'controller-manager.conf': 'kube-controller-manager',
    'scheduler.conf': 'kube-scheduler',
  }),
)

/** Makes sense of what scripts/status/certificates.sh printed; what is no certificate is passed over. `now`: ms since 1970. */
export function readCertificates(text: string, now: number): CertificateStatus[] {
  const records = readRecords(text)
  const presented = new Map(records.all('presented').map(([name = '', data]) => [name, data]))
  const started = new Map(records.all('started').map(([name = '', at]) => [name, numberIn(at)]))
  const written = new Map(records.all('written').map(([path = '', at]) => [path, numberIn(at)]))
  const seen = new Set<string>()
  const found = records.all('certificate').flatMap(([path = '', data = '']): CertificateStatus[] => {
    const certificate = parse(data)
    if (certificate === undefined || seen.has(path)) return []
    seen.add(path)
    const name = nameOf(path)
    const inUse = inUseOf(name, path, data, presented, started, written)
    return [
      {
        name,
        path,
        authority: certificate.ca,
        subject: clean(certificate.subject.replaceAll('\n', ', ')),
        ...endOf(certificate.validToDate, now),
        ...(inUse === undefined ? {} : { inUse }),
      },
    ]
  })
  // A kubelet's own serving certificate is its own issuer, and no authority to anybody.
  return found.map((each) => (each.name === 'kubelet-serving' ? { ...each, authority: false } : each))
}

/** When something ends, and in how many days. `now`: ms since 1970. */
export function endOf(expires: Date, now: number): { readonly expires: string; readonly daysLeft: number } {
  return { expires: expires.toISOString(), daysLeft: Math.floor((+expires - now) / DAY) }
}

function inUseOf(
  name: string,
  path: string,
  data: string,
  presented: ReadonlyMap<string, string | undefined>,
  started: ReadonlyMap<string, number | undefined>,
  written: ReadonlyMap<string, number | undefined>,
): boolean | undefined {
  const shown = presented.get(presentedAs.get(name) ?? '')
  if (shown !== undefined) return shown === data
  const since = started.get(readAtStart.get(name) ?? '')
  const at = written.get(path)
  return since === undefined || at === undefined ? undefined : since >= at
}

function parse(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}

/** As kubeadm calls it. */
function nameOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1)
  if (path.startsWith('/var/lib/kubelet/'))
    return file.startsWith('kubelet-client') ? 'kubelet-client' : 'kubelet-serving'
  if (file === 'kubelet.conf') return 'kubelet-client'
  const name = file.replace(/\.crt$/, '')
  return path.includes('/etcd/') ? `etcd-${name}` : name
}
