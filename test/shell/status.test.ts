import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readHost } from '../../src/status/parse/host.ts'

// What status asks, asked of this machine: whatever it is, an answer comes, in the form that is read, and nothing is changed.
const scripts = new URL('../../scripts/', import.meta.url)
const text = (name: string) => readFileSync(new URL(name, scripts), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'status-'))
afterAll(() => rmSync(directory, { recursive: true }))

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']]

function run(shell: readonly string[], script: string, ...words: string[]) {
  const file = join(directory, 'script')
  writeFileSync(file, script)
  return spawnSync(shell[0] as string, [...shell.slice(1), file, ...words], { encoding: 'utf8', timeout: 50_000 })
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('under %s', (_, shell) => {
  it.each(['host', 'certificates', 'control-plane'])('%s answers', (name) => {
    const ran = run(shell, `${text('status/static-pods.sh')}\n${text(`status/${name}.sh`)}`, '250')
    expect(ran.status, ran.stderr).toBe(0)
    for (const line of ran.stdout.split('\n').slice(0, -1)) expect(line).toMatch(/^[a-z]+(-[a-z]+)*(\t|$)/)
  })

  it('of a host there is what every host has', () => {
    const host = readHost(run(shell, text('status/host.sh'), '-250').stdout, '', Date.now())
    expect(host.clockOffset).toBe(-0.25)
    expect(host.uptimeSeconds).toBeGreaterThan(0)
    expect(host.memoryBytes).toBeGreaterThan(host.memoryAvailableBytes ?? Number.POSITIVE_INFINITY)
    expect(host.disks.length).toBeGreaterThan(0)
    for (const disk of host.disks) expect(disk.usedPercent).toBeLessThanOrEqual(100)
  })

  it('signing keys end when it was noted, unless somebody has replaced them since', () => {
    const place = join(directory, `keys-${shell[0]}`)
    for (const name of ['noted', 'keys', 'rpm']) mkdirSync(join(place, name), { recursive: true })
    const put = (path: string, content: string, seconds: number) => {
      writeFileSync(join(place, path), content)
      utimesSync(join(place, path), seconds, seconds)
    }
    for (const [name, key, time] of [
      ['kubernetes', 'keys/kubernetes.asc', 1000],
      ['docker', 'keys/docker.gpg', 1000],
      ['el', 'rpm/provision-el.asc', 1000],
      ['replaced', 'keys/replaced.asc', 3000],
      ['gone', 'elsewhere', 1000],
    ] as const) {
      put(key, 'key', time)
      put(`noted/${name}`, `digest 18${name.length} 1\n`, 2000)
    }
    const script = text('status/host.sh')
      .replaceAll('/var/lib/provision/signing-keys', join(place, 'noted'))
      .replaceAll('/etc/apt/keyrings', join(place, 'keys'))
      .replaceAll('/etc/pki/rpm-gpg', join(place, 'rpm'))
    const told = run(shell, script)
      .stdout.split('\n')
      .filter((line) => line.startsWith('signing-key'))
    expect(told).toEqual(['signing-key\tdocker\t186', 'signing-key\tel\t182', 'signing-key\tkubernetes\t1810'])
  })

  it('certificates are read out of files and kubeconfigs, and no key with them', () => {
    const made = spawnSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-keyout',
        '-',
        '-days',
        '9',
        '-subj',
        '/CN=both',
        '-out',
        '-',
      ],
      { encoding: 'utf8' },
    )
    writeFileSync(join(directory, 'both.pem'), made.stdout)
    const functions = text('status/certificates.sh').split('\nfor file in')[0]
    const ran = run(shell, `${functions}\ncertificate /a/path <${directory}/both.pem\n`)
    expect(ran.stdout).toMatch(/^certificate\t\/a\/path\t[A-Za-z0-9+/=]{200,}\n$/)
    const key = made.stdout.split('-----')[2]?.replaceAll('\n', '').slice(0, 40) as string
    expect(made.stdout).toContain('PRIVATE KEY')
    expect(ran.stdout).not.toContain(key)
  })

  it('support collects from a machine that is no node', () => {
    const into = join(directory, `collected-${shell[0]}`)
    const ran = run(shell, text('support/collect.sh'), into, '1')
    expect(ran.status, ran.stderr).toBe(0)
    expect(readdirSync(into)).toEqual(expect.arrayContaining(['system', 'network']))
    expect(readFileSync(join(into, 'system/uname'), 'utf8')).toContain('Linux')
  })
})
