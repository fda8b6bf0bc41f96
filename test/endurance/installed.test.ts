import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { leaderOf } from '../../lab/src/cgroups.ts'
import { keyFiles } from '../../lab/src/keys.ts'
import { loginUser } from '../../lab/src/layer.ts'
import { labFiles } from '../../lab/src/model.ts'
import type { RunSummary } from '../../src/events/run-event.ts'
import { freshLab, hostOf, type Inventory, kubectl, on, removeLab, type TestLab } from '../lab/harness.ts'

// The package and the executable, each installed on a lab host as on an operator's machine: without this repository, a
// registry of packages or, for the executable, Node. Each makes a cluster of two other hosts, and repairs it. About five minutes.

const checkout = resolve(import.meta.dirname, '../..')
const work = mkdtempSync(join(tmpdir(), 'installed-'))
/** Who runs provision there. */
const operator = 'w2'
let lab: TestLab

beforeAll(async () => {
  lab = await freshLab({ hosts: 3, controlPlanes: 1, systems: ['debian-13'] })
  const home = `/proc/${await leaderOf(hostOf(lab, operator).id)}/root/opt`
  mkdirSync(join(home, 'own'), { recursive: true })
  const { identity, sudoPassword } = keyFiles(lab.lab.name)
  cpSync(identity, join(home, 'own/key'))
  cpSync(sudoPassword, join(home, 'own/sudo-password'))
  cpSync(join(labFiles, 'network/manifest.yaml'), join(home, 'own/network.yaml'))
  const inventory = parse(readFileSync(lab.inventory, 'utf8')) as Inventory
  delete inventory.hosts[operator]
  inventory.ssh = { user: 'ops', identityFile: 'key' }
  inventory.network = { manifest: 'network.yaml' }
  const text = stringify(inventory).replaceAll(sudoPassword, 'sudo-password')
  writeFileSync(join(home, 'own/hosts.yaml'), text)

  execFileSync('npm', ['pack', '--pack-destination', work, '--loglevel=error'], { cwd: checkout, stdio: 'ignore' })
  execFileSync('npm', ['run', 'build:binary'], { cwd: checkout, stdio: 'ignore' })
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }
  cpSync(join(work, `provision-${version}.tgz`), join(home, 'provision.tgz'))
  cpSync(join(checkout, `build/provision-linux-${process.arch}`), join(home, 'provision'))
  // Node with npm, as a machine has them that installs packages.
  const npm = realpathSync(execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim())
  cpSync(process.execPath, join(home, 'node/bin/node'))
  cpSync(dirname(dirname(npm)), join(home, 'node/npm'), { recursive: true })
  await on(lab, operator, `chown -R ${user()} /opt/own`)
})
afterAll(async () => {
  rmSync(work, { recursive: true, force: true })
  await removeLab()
})

function user(): string {
  return loginUser(hostOf(lab, operator))
}

interface There {
  readonly summary: RunSummary
  readonly output: string
}

/** Runs a command line as an ordinary user, who has no other program than the system's on the path. */
async function there(command: string, words: string): Promise<There> {
  const line = `cd /opt/own && ${command} --output json ${words}`
  const output = await on(lab, operator, `su -s /bin/sh ${user()} -c '${line}' 2>&1 || echo "exit $?"`)
  const lines = output.trim().split('\n')
  const last = lines.findLast((one) => one.startsWith('{"'))
  const summary = JSON.parse(last ?? 'null') as RunSummary & { kind: string }
  if (summary?.kind !== 'summary') throw new Error(output.slice(-3000))
  return { summary, output }
}

const npm = 'PATH=/opt/node/bin:$PATH node /opt/node/npm/bin/npm-cli.js'
const forms = [
  {
    form: 'the package',
    install: `${npm} install -g --offline --prefix /opt/installed /opt/provision.tgz`,
    command: 'PATH=/opt/node/bin:$PATH /opt/installed/bin/provision',
  },
  { form: 'the executable', install: 'rm -rf /opt/node /opt/installed', command: '/opt/provision' },
]

describe.each(forms)('$form', ({ install, command }) => {
  test('installs', async () => {
    await on(lab, operator, install)
    const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string }
    expect((await on(lab, operator, `${command} --version`)).trim()).toBe(version)
  })

  test('makes a cluster', async () => {
    const { summary } = await there(command, '')
    expect([summary.exitCode, JSON.stringify(summary.failures)]).toEqual([0, '[]'])
    expect(await kubectl(lab, 'get nodes --no-headers')).toMatch(/^cp1 +Ready .*\nw1 +Ready /)
  })

  test('repairs what was changed by hand, and nothing else', async () => {
    await on(lab, 'w1', 'systemctl -q disable --now kubelet; echo 0 >/proc/sys/net/ipv4/ip_forward')
    const { summary } = await there(command, '')
    expect(summary.exitCode).toBe(0)
    expect(summary.hosts.map((host) => [host.name, host.outcome])).toEqual([
      ['cp1', 'converged'],
      ['w1', 'changed'],
    ])
    expect(await on(lab, 'w1', 'systemctl is-active kubelet; cat /proc/sys/net/ipv4/ip_forward')).toBe('active\n1\n')
  })

  test('takes it back', async () => {
    const { summary } = await there(command, 'reset --yes')
    expect(summary.exitCode).toBe(0)
  })
})
