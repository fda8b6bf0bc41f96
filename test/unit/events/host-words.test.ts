import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { mayAsk, type Role, refusalOfValue, values } from '../../../src/events/host-words.ts'
import { loadPlaybooks } from '../../../src/playbook/load.ts'
import type { HostSelector } from '../../../src/playbook/playbook.ts'

const root = new URL('../../../playbooks/', import.meta.url).pathname
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
const phases = loadPlaybooks(files.map((name) => join(root, name))).flatMap((playbook) => playbook.phases)

const rolesOf = (selector: HostSelector): Role[] =>
  selector === 'all' || selector.role === undefined ? ['control-plane', 'worker'] : [selector.role as Role]

it('the table has every value of our playbooks, as secret, and as a file, as they say', () => {
  const given = phases.flatMap((phase) => phase.tasks.flatMap((task) => task.output ?? []))
  expect([...new Set(given.map((output) => output.name))].sort()).toEqual(Object.keys(values).sort())
  for (const { name, secret, file } of given) {
    expect([name, secret, file ?? false]).toEqual([
      name,
      values[name]?.secret ?? false,
      values[name]?.file !== undefined,
    ])
  }
})

it('the table has nobody give or need what the playbooks do not have them give or need', () => {
  for (const [name, row] of Object.entries(values)) {
    const givers = phases.filter((phase) => phase.tasks.some((task) => task.output?.name === name))
    const askers = phases.filter((phase) => phase.tasks.some((task) => task.needs.includes(name)))
    const roles = (found: typeof phases) => [...new Set(found.flatMap((phase) => rolesOf(phase.hosts)))].sort()
    expect([name, ...roles(givers)]).toEqual([name, ...row.from])
    expect([name, ...roles(askers)]).toEqual([name, ...row.to])
  }
})

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\nAAA=\n-----END CERTIFICATE-----\n'

it.each<readonly [name: string, value: string]>([
  ['joinToken', 'abcdef.0123456789abcdef'],
  ['certificateKey', 'a'.repeat(64)],
  ['clusterCA', pem.trimEnd()],
  ['clusterCA', `${pem}${pem}`.trimEnd()],
  ['joined', 'joined'],
  ['standing', 'fresh'],
  ['clusterHeld', 'none'],
])('%s may be %j', (name, value) => {
  expect(refusalOfValue({ name, secret: values[name]?.secret ?? false }, value, 'control-plane')).toBeUndefined()
})

it.each<readonly [name: string, value: string, role: Role, why: RegExp]>([
  ['joinToken', 'done', 'control-plane', /not of its form/],
  ['joinToken', 'abcdef.0123456789abcdef\n', 'control-plane', /24 bytes, and at most 23/],
  ['joinToken', 'abcdef.0123456789abcdef', 'worker', /a worker gives no joinToken/],
  ['certificateKey', 'A'.repeat(64), 'control-plane', /not of its form/],
  ['clusterCA', 'x', 'control-plane', /not of its form/],
  ['clusterCA', `${pem}$(id)`, 'control-plane', /not of its form/],
  ['kubeconfig', 'x'.repeat(65_537), 'control-plane', /65537 bytes, and at most 65536/],
  ['kubeconfig', 'é'.repeat(40_000), 'control-plane', /80000 bytes/],
  ['kubeconfig', 'a\0bcdefgh', 'control-plane', /not of its form/],
  ['standing', 'fresh node', 'worker', /5 are taken/],
  ['present', 'absent!', 'worker', /not of its form/],
  ['own', 'x'.repeat(1_048_577), 'worker', /at most 1048576/],
  ['constructor', 'x'.repeat(1_048_577), 'worker', /at most 1048576/],
])('%s may not be %j of a %s', (name, value, role, why) => {
  const refusal = refusalOfValue({ name, secret: values[name]?.secret ?? false }, value, role)
  expect(refusal).toMatch(why)
  if (value.length > 3) expect(refusal).not.toContain(value)
})

it("an operator's own secret is neither short nor long, and a file is at a path", () => {
  expect(refusalOfValue({ name: 'pin', secret: true }, 'done', 'worker')).toMatch(/shorter than 8/)
  expect(refusalOfValue({ name: 'pin', secret: true }, 'x'.repeat(65_537), 'worker')).toMatch(/at most 65536/)
  expect(refusalOfValue({ name: 'pin', secret: true }, 'sesame-2048', 'worker')).toBeUndefined()
  expect(refusalOfValue({ name: 'mine', secret: false, file: true }, 'etc/passwd', 'worker')).toMatch(/form/)
  expect(refusalOfValue({ name: 'mine', secret: false, file: true }, '/var/lib/it', 'worker')).toBeUndefined()
})

it('the key of the control plane is for control planes that join', () => {
  expect([mayAsk('certificateKey', 'worker'), mayAsk('certificateKey', 'control-plane')]).toEqual([false, true])
  expect([mayAsk('joinToken', 'worker'), mayAsk('kubeconfig', 'control-plane')]).toEqual([true, false])
})
