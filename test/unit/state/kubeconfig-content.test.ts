import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { ProtocolError } from '../../../src/errors.ts'
import { kubeconfigOf } from '../../../src/state/kubeconfig-content.ts'

let directory: string
let authority: string
let certificate: string
let key: string
let otherKey: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-kubeconfig-'))
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' })
  const pair = (name: string) =>
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-subj',
      `/CN=${name}`,
    )
  for (const name of ['ca', 'admin', 'other']) pair(name)
  const file = (name: string) => readFileSync(join(directory, name)).toString('base64')
  authority = file('ca.crt')
  certificate = file('admin.crt')
  key = file('admin.key')
  otherKey = file('other.key')
})
afterAll(() => rmSync(directory, { recursive: true }))

const names = { cluster: 'prod', server: 'k8s.example.com:6443' }
/** As kubeadm writes it, with what a case changes of its cluster and its user. */
function given(cluster: object = {}, user: object = {}, more: object = {}): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'kubernetes',
        cluster: { 'certificate-authority-data': authority, server: 'https://10.0.0.11:6443', ...cluster },
      },
    ],
    users: [{ name: 'admin', user: { 'client-certificate-data': certificate, 'client-key-data': key, ...user } }],
    contexts: [{ name: 'admin@kubernetes', context: { cluster: 'kubernetes', user: 'admin' } }],
    'current-context': 'admin@kubernetes',
    ...more,
  })
}

describe('a kubeconfig that a control plane gives', () => {
  it('becomes one of the CA, the certificate and the key in it, and of the inventory', () => {
    const { clusters, users, contexts, ...rest } = parse(kubeconfigOf(given(), names))
    expect(rest).toEqual({ apiVersion: 'v1', kind: 'Config', 'current-context': 'kubernetes-admin@prod' })
    expect(contexts).toEqual([
      { name: 'kubernetes-admin@prod', context: { cluster: 'prod', user: 'kubernetes-admin' } },
    ])
    expect(clusters).toEqual([
      { name: 'prod', cluster: { 'certificate-authority-data': authority, server: 'https://k8s.example.com:6443' } },
    ])
    expect(Object.keys(users[0].user)).toEqual(['client-certificate-data', 'client-key-data'])
    expect(users[0].user['client-certificate-data']).toBe(certificate)
    expect(Buffer.from(users[0].user['client-key-data'], 'base64').toString()).toMatch(/^-----BEGIN PRIVATE KEY-----/)
  })

  it.each([
    [
      'a program',
      {},
      { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: '/bin/sh', args: ['-c', 'id'] } },
    ],
    ['a login of an old kind', {}, { 'auth-provider': { name: 'gcp', config: { 'cmd-path': '/bin/sh' } } }],
    [
      'files of this machine',
      { 'certificate-authority': '/etc/hosts' },
      { tokenFile: '/etc/passwd', 'client-key': '/root/.ssh/id_rsa' },
    ],
    ['a token and a password', {}, { token: 'abc', username: 'admin', password: 'secret' }],
    ['somebody to pass for', {}, { as: 'system:admin', 'as-groups': ['system:masters'] }],
    ['a proxy', { 'proxy-url': 'http://evil.example.com' }, {}],
    ['no verification', { 'insecure-skip-tls-verify': true, 'tls-server-name': 'evil.example.com' }, {}],
    ['another server', { server: 'https://evil.example.com:6443' }, {}],
    ['more in its PEM', {}, { 'client-certificate-data': '@' }],
  ])('loses %s', (_, cluster, user) => {
    const more = Buffer.from(`evil: { exec: x }\n${Buffer.from(certificate, 'base64')}evil\n`).toString('base64')
    const text = given(cluster, 'client-certificate-data' in user ? { 'client-certificate-data': more } : user)
    expect(kubeconfigOf(text, names)).toBe(kubeconfigOf(given(), names))
  })

  const lines = '\n'.repeat(70_000)
  it.each<[string, () => string]>([
    ['nothing', () => ''],
    ['a list', () => '[]'],
    ['no YAML', () => '\t: {{'],
    ['aliases', () => `a: &a [1]\nb: [*a, *a]\n${given()}`],
    ['too much', () => given() + lines],
    ['another context', () => given({}, {}, { 'current-context': 'none' })],
    ['no context', () => given({}, {}, { contexts: [] })],
    ['a context of no user', () => given({}, {}, { users: [] })],
    ['no CA', () => given({ 'certificate-authority-data': '' })],
    ['a CA that is none', () => given({ 'certificate-authority-data': Buffer.from('x').toString('base64') })],
    [
      'a damaged CA',
      () =>
        given({
          'certificate-authority-data': Buffer.from(
            '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
          ).toString('base64'),
        }),
    ],
    ['a number for a CA', () => given({ 'certificate-authority-data': 5 })],
    ['no certificate', () => given({}, { 'client-certificate-data': undefined })],
    ['no key', () => given({}, { 'client-key-data': 'AAAA' })],
    ['a key for a certificate', () => given({}, { 'client-certificate-data': key })],
    ["another certificate's key", () => given({}, { 'client-key-data': otherKey })],
  ])('is refused with %s', (_, text) => {
    expect(() => kubeconfigOf(text(), names)).toThrow(ProtocolError)
  })
})
