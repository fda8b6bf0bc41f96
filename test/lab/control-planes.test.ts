import { createCipheriv, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  stateDirectory,
  type TestLab,
} from './harness.ts'
import { certificateKeysIn, filesBelow, textsOn, watchProcesses } from './secrets.ts'

let lab: TestLab
let shown: string
let made: Ran

beforeAll(async () => {
  lab = await freshLab({ hosts: 3, controlPlanes: 2 })
  const watch = await watchProcesses(lab)
  made = await provision(lab)
  shown = await watch.stop()
})

afterAll(removeLab)

test('two control planes and a worker become a cluster', async () => {
  const summary = expectCode(made, 0)
  for (const host of summary.hosts) {
    expect(host.connections, host.name).toBe(1)
    expect(host.execs, host.name).toBeLessThanOrEqual(host.name === 'cp1' ? 3 : 2)
  }
  const members = '--namespace kube-system get pods -l component=etcd --no-headers -o custom-columns=N:.spec.nodeName'
  expect((await kubectl(lab, members)).split('\n').sort()).toEqual(['cp1', 'cp2'])
  const second =
    'kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes --no-headers -o custom-columns=N:.metadata.name'
  expect((await on(lab, 'cp2', second)).trim().split('\n')).toEqual(['cp1', 'cp2', 'w1'])
})

test('the key of the certificates is nowhere to be found', async () => {
  const encoded = await kubectl(
    lab,
    `-n kube-system get secret kubeadm-certs -o go-template='{{index .data "ca.key"}}'`,
  )
  const encrypted = Buffer.from(encoded, 'base64')
  expect(encrypted.length).toBeGreaterThan(1000)
  // That whoever looks finds what is there to be found.
  const own = randomBytes(32)
  await on(lab, 'w1', `echo 'planted: ${own.toString('hex')}' | tee /var/log/planted >/run/planted`)
  expect(certificateKeysIn([await textsOn(lab, 'w1')], encrypt(own))).toEqual([own.toString('hex')])

  const here = filesBelow(stateDirectory(lab.inventory))
  const there = await Promise.all(lab.lab.hosts.map((host) => textsOn(lab, host.name)))
  expect(certificateKeysIn([shown, made.output, ...here, ...there], encrypted)).toEqual([])
})

test('a second run changes nothing', async () => {
  const again = await provision(lab)
  expectCode(again, 0)
  expect(results(again, ['changed'])).toEqual([])
})

/** As kubeadm encrypts. */
function encrypt(key: Uint8Array): Uint8Array {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  return Buffer.concat([nonce, cipher.update('a certificate'), cipher.final(), cipher.getAuthTag()])
}
