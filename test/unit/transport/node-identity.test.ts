import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { authoritiesOf, readNodeIdentity } from '../../../src/transport/node-identity.ts'

let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'provision-node-'))
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: directory, stdio: 'pipe' })
  openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'key')
  const make = (name: string, subject: string) =>
    openssl('req', '-x509', '-new', '-key', 'key', '-out', name, '-subj', subject)
  make('ca', '/CN=kubernetes')
  make('renewed', '/CN=kubernetes')
  make('w1', '/O=system:nodes/CN=system:node:w1')
  // Behind the name a certificate goes on with the byte 0x30, the digit zero: it is no part of it.
  make('admin', '/O=kubeadm:cluster-admins/CN=kubernetes-admin')
})
afterAll(() => rmSync(directory, { recursive: true }))

const pem = (name: string) => readFileSync(join(directory, name), 'latin1')
const read = (fields: Record<string, string>) => {
  const given = Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [
      field,
      field === 'ca' || field === 'kubelet' ? Buffer.from(value).toString('base64') : value,
    ]),
  )
  return readNodeIdentity((field) => given[field] ?? '')
}

it('is that of the certificate before that of the file', () => {
  expect(read({ kubelet: pem('w1'), node: 'default-auth' })?.name).toBe('w1')
  expect(read({ node: 'w2' })?.name).toBe('w2')
  expect(read({ kubelet: pem('admin'), node: 'w3' })?.name).toBe('w3')
})

it('has every CA of a bundle, each known by its key', () => {
  const [own] = authoritiesOf(pem('ca'))
  expect(own).toMatch(/^[0-9a-f]{64}$/)
  expect(authoritiesOf(pem('renewed'))).toEqual([own])
  expect(read({ ca: `# a bundle\n${pem('ca')}${pem('w1')}` })?.authorities).toHaveLength(2)
})

it.each([
  ['nothing', {}],
  ['a CA that is none', { ca: 'the CA of another cluster' }],
  ['a certificate that is none', { kubelet: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' }],
])('of a host with %s is none', (_what, fields) => {
  expect(read(fields)).toBeUndefined()
})
