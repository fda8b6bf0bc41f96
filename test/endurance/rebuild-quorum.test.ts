import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutPower, powerOn, until, waitForSsh } from '../../lab/src/power.ts'
import { containersOn, contents, fill, rebuild, withPassphrase } from '../lab/contents.ts'
import { expectCode, freshLab, hostOf, kubectl, on, provision, removeLab, type TestLab } from '../lab/harness.ts'

const pki = '/etc/kubernetes/pki/etcd'
const keys = `--cacert ${pki}/ca.crt --cert ${pki}/healthcheck-client.crt --key ${pki}/healthcheck-client.key`
const etcdctl = `/var/lib/provision/etcd/etcdctl --endpoints https://127.0.0.1:2379 ${keys}`

// Two control planes are the fewest that lose their majority when one is gone.
let lab: TestLab
let before: Readonly<Record<string, string>>

beforeAll(async () => {
  lab = await withPassphrase(await freshLab({ hosts: 3, controlPlanes: 2 }))
  expectCode(await provision(lab), 0)
  await fill(lab, 'w1')
  before = await contents(lab)
})

afterAll(removeLab)

test('quorum lost: a control plane is gone, and the other has the data', async () => {
  const ran = await containersOn(lab, 'w1')
  await cutPower(hostOf(lab, 'cp2'))
  const rebuilt = await rebuild(lab, ['--yes', '--timeout', '10'])
  expect(rebuilt.output).toMatch(/etcd is running without a quorum; its data exists/)
  expect(rebuilt.output).toContain('Left out: cp2')
  // A host that does not answer is no success of the run.
  expect(rebuilt.code, rebuilt.output.slice(-4000)).toBe(0)
  expect(rebuilt.output).toMatch(/Nothing lost: \d+ objects/)
  expect(await contents(lab)).toEqual(before)
  expect(await containersOn(lab, 'w1')).toBe(ran)
  expect(await members()).toEqual(['cp1'])
})

test('the one that was gone comes back with the cluster of before, and joins the one of now', async () => {
  await kubectl(lab, '-n kept create configmap since --from-literal=value=since')
  await kubectl(lab, '-n kept label configmap since test=kept')
  before = await contents(lab)
  await powerOn(lab.lab, hostOf(lab, 'cp2'))
  await waitForSsh(hostOf(lab, 'cp2'))
  // It answers nobody, since it waits for a majority that there will never be again.
  await until('etcd of before runs on cp2', async () => (await on(lab, 'cp2', 'pgrep -x etcd || :')) !== '')
  const rebuilt = await rebuild(lab, ['--yes'])
  expect(rebuilt.output).toMatch(/cp2 +etcd is running without a quorum/)
  expect(rebuilt.output).toContain('save etcd of cp1, which answers')
  expect(rebuilt.code, rebuilt.output.slice(-4000)).toBe(0)
  expect(await contents(lab)).toEqual(before)
  expect(await members()).toEqual(['cp1', 'cp2'])
})

/** Names of etcd's members, as the first one knows them. */
async function members(): Promise<string[]> {
  const list = await on(lab, 'cp1', `${etcdctl} member list`)
  return list
    .trim()
    .split('\n')
    .map((line) => line.split(', ')[2] as string)
    .sort()
}
