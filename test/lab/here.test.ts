import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { leaderOf } from '../../lab/src/cgroups.ts'
import type { RunSummary } from '../../src/events/run-event.ts'
import { freshLab, hostOf, type Inventory, kubectl, on, removeLab, type TestLab } from './harness.ts'

// connection: local: provision runs on the lab host itself, as an ordinary user who may use sudo, and sshd is off. About
// two minutes.

const checkout = resolve(import.meta.dirname, '../..')
let lab: TestLab

beforeAll(async () => {
  lab = await freshLab({ hosts: 1, controlPlanes: 1, systems: ['debian-13'] })
  const leader = await leaderOf(hostOf(lab, 'cp1').id)
  const place = `/proc/${leader}/root/opt/provision`
  mkdirSync(place, { recursive: true })
  execFileSync(join(checkout, 'bin/provision'), ['--version'])
  for (const part of [
    'dist',
    'src',
    'addons',
    'docs/schema',
    'networks',
    'playbooks',
    'scripts',
    'templates',
    'lab',
    'package.json',
  ]) {
    cpSync(join(checkout, part), join(place, part), { recursive: true })
  }
  cpSync(process.execPath, join(place, 'node'))
  const inventory = parse(readFileSync(lab.inventory, 'utf8')) as Inventory
  const address = inventory.hosts.cp1?.address
  inventory.hosts = { cp1: { address, role: 'control-plane', taints: [], connection: 'local' } }
  inventory.network = { manifest: '/opt/provision/lab/network/manifest.yaml' }
  inventory.ssh = {}
  writeFileSync(join(place, 'hosts.yaml'), stringify(inventory))
  await on(
    lab,
    'cp1',
    'mkdir -p /home/ops/own; mv /opt/provision/hosts.yaml /home/ops/own/; chown -R ops /home/ops/own',
  )
  await on(
    lab,
    'cp1',
    'systemctl -q stop ssh.socket ssh.service 2>/dev/null || :; ! systemctl -q is-active ssh.service',
  )
})
afterAll(removeLab)

async function provisionThere(words: string): Promise<RunSummary> {
  const command = `cd /home/ops/own && /opt/provision/node /opt/provision/dist/cli.js --output json ${words}`
  const said = await on(lab, 'cp1', `su -s /bin/sh ops -c '${command}' 2>&1 || echo "exit $?"`)
  const last = said
    .trim()
    .split('\n')
    .findLast((line) => line.startsWith('{"'))
  const summary = JSON.parse(last ?? 'null') as RunSummary & { kind: string }
  if (summary?.kind !== 'summary') throw new Error(said.slice(-3000))
  return summary
}

test('a cluster of one node is made by the machine itself', async () => {
  const summary = await provisionThere('')
  expect([summary.exitCode, JSON.stringify(summary.failures)]).toEqual([0, '[]'])
  expect(await kubectl(lab, 'get nodes --no-headers')).toMatch(/^cp1 +Ready /)
})

test('a second run changes nothing, in one exec', async () => {
  const summary = await provisionThere('')
  expect(summary.hosts[0]).toMatchObject({ outcome: 'converged', connections: 1 })
})

test('reset takes it back', async () => {
  const summary = await provisionThere('reset --yes')
  expect(summary.exitCode).toBe(0)
  expect(
    (await on(lab, 'cp1', 'ls /etc/kubernetes 2>/dev/null; ls /var/lib/provision 2>/dev/null || :')).trim(),
  ).not.toContain('kubelet.conf')
})
