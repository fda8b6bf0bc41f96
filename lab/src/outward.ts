import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { leaderOf } from './cgroups.ts'
import { directorySize } from './directory-size.ts'
import type { LabHost } from './model.ts'
import { ask, type Tell, tellLines } from './program.ts'
import { upstreamData, upstreamMount } from './upstream.ts'

/** Where systems keep the authorities that they trust: Debian, the RHEL family, SUSE, Alpine. */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/** Milliseconds without a byte more, after which a download is given up. */
const patience = 60_000

/** The authorities that this machine trusts: those of $SSL_CERT_FILE, or of its system. */
export async function authorities(): Promise<string | undefined> {
  const file = process.env.SSL_CERT_FILE || bundles.find((bundle) => existsSync(bundle))
  return file === undefined ? undefined : readFile(file, 'utf8')
}

/**
 * Runs a program of the upstream's that fetches something into a directory below the upstream's data. It has this machine's
 * network, proxy and authorities, since a host of the lab has none of them. Ends with this process, and once the directory
 * has not grown for a minute. Throws an error with the program's own reason.
 */
export async function fetchInto(directory: string, upstream: LabHost, command: readonly string[], tell: Tell) {
  const leader = await leaderOf(upstream.id)
  if (leader === undefined) throw new Error(`${upstream.name} is not running`)
  const trusted = await authorities()
  if (trusted !== undefined) await writeFile(join(upstreamData(), 'authorities.pem'), trusted)
  const environment = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    SSL_CERT_FILE: trusted === undefined ? '/etc/ssl/certs/ca-certificates.crt' : `${upstreamMount}/authorities.pem`,
    https_proxy: process.env.https_proxy ?? process.env.HTTPS_PROXY,
    no_proxy: process.env.no_proxy ?? process.env.NO_PROXY,
  }
  const assignments = Object.entries(environment).flatMap(([name, value]) => (value ? [`${name}=${value}`] : []))
  const bound = ['unshare', '--pid', '--fork', '--kill-child', '--']
  const program = ask`nsenter -t ${leader} -m -- env -i ${assignments} ${bound} ${command}`
  let line = ''
  tellLines(program, (text) => {
    line = text
  })
  let size = -1
  let grown = performance.now()
  let stalled = false
  const watch = setInterval(async () => {
    const now = await directorySize(directory)
    if (now !== size) grown = performance.now()
    size = now
    tell(`${line}, ${(size / 1e6).toFixed(1)} MB`.replace(/^, /, ''))
    stalled = performance.now() - grown > patience
    if (stalled) program.child?.kill('SIGKILL')
  }, 1_000)
  const { exitCode, stderr } = await program.finally(() => clearInterval(watch))
  if (stalled) throw new Error(`nothing more arrived for ${patience / 1000} s`)
  if (exitCode !== 0) throw new Error(reason(stderr) || `${command[0]} failed with ${exitCode}`)
}

/** What a program says went wrong: the message of skopeo's log, the errors of apt, curl or sha256sum. */
export function reason(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const logged = lines.flatMap((line) => /level=fatal msg=("(?:[^"\\]|\\.)*")/.exec(line)?.[1] ?? [])
  if (logged.length > 0) return logged.map((text) => JSON.parse(text) as string).join('; ')
  const errors = lines
    .filter((line) => /^(E|curl|sha256sum|.*: FAILED)/.test(line))
    .map((line) => line.replace(/^E: /, ''))
  return [...new Set(errors.length > 0 ? errors : lines.slice(-1))].slice(0, 3).join('; ')
}
