import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isAlive } from '../../lab/src/cgroups.ts'
import { keyFiles } from '../../lab/src/keys.ts'
import { type Lab, labRoot } from '../../lab/src/model.ts'
import { insideOrFail, until } from '../../lab/src/power.ts'
import { helmVersion, tags } from '../../lab/src/release.ts'
import { loadLab } from '../../lab/src/state.ts'
import { machineSettings, nspawnLocks, tracesOf } from './traces.ts'

// A lab of its own beside the one that somebody may be using; it shares the cache.
const name = 'selftest'
const provision = new URL('../../bin/provision', import.meta.url).pathname
const entry = new URL('../../src/cli.ts', import.meta.url).pathname

interface HostEntry {
  address: string
  ssh?: { user?: string; sudoPassword?: { file: string } }
}

function lab(...words: string[]): string {
  return execFileSync(provision, ['lab', ...words, '--name', name], { encoding: 'utf8' })
}

async function current(): Promise<Lab> {
  const found = await loadLab(name)
  if (!found) throw new Error('the lab has no state file')
  return found
}

function ssh(address: string, user: string, command: string, input = ''): string {
  const lenient = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'BatchMode=yes']
  const options = lenient.flatMap((option) => ['-o', option])
  return execFileSync('ssh', ['-i', keyFiles(name).identity, ...options, `${user}@${address}`, command], {
    encoding: 'utf8',
    input,
  }).trim()
}

const before = { locks: nspawnLocks().length, settings: machineSettings() }
let bridge = ''

beforeAll(() => {
  lab('down')
  lab('up')
})

afterAll(() => {
  lab('down')
})

describe('a lab that is up', () => {
  test('has hosts that let the operator in and let them become root', async () => {
    const password = readFileSync(keyFiles(name).sudoPassword, 'utf8')
    const inventory = parse(readFileSync(`${labRoot(name)}/hosts.yaml`, 'utf8'))
    for (const [host, { address, ssh: own }] of Object.entries<HostEntry>(inventory.hosts)) {
      const sudo = own?.sudoPassword ? 'sudo -k -S -p "" id -un' : 'sudo -n id -un'
      expect(ssh(address, own?.user ?? 'ops', `hostname && ${sudo}`, `${password}\n`)).toBe(`${host}\nroot`)
    }
  })

  test('serves signed packages of Kubernetes and the Debian packages of every system', async () => {
    const { hosts, upstream } = await current()
    const url = `http://${upstream.address}/kubernetes/core:/stable:/v1.36/deb`
    for (const host of hosts) {
      const script = `set -e
apt-get -qq -o Dpkg::Use-Pty=0 update && apt-get -qq install -y --no-install-recommends curl >/dev/null 2>&1
curl -fsS ${url}/Release.key >/etc/apt/trusted.gpg.d/kubernetes.asc
echo 'deb ${url}/ /' >/etc/apt/sources.list.d/kubernetes.list
apt-get -qq update && apt-get -qq install --simulate kubeadm=1.36.3-1.1 kubelet kubectl | grep -c ^Inst`
      expect(Number(await insideOrFail(host, 'sh', '-c', script)), host.name).toBeGreaterThanOrEqual(5)
    }
  })

  test('serves the images that kubeadm asks for', async () => {
    const { upstream } = await current()
    const answer = await fetch(`http://${upstream.address}:5000/v2/coredns/coredns/tags/list`)
    expect(await answer.json()).toEqual({ name: 'coredns/coredns', tags: ['v1.14.2'] })
  })

  test('serves what add-ons and Helm need once it is told to', async () => {
    lab('up', '--addons')
    const { address } = (await current()).upstream
    const images = await fetch(`http://${address}:5000/v2/metrics-server/metrics-server/tags/list`)
    expect(await images.json()).toMatchObject({ tags: [tags.metricsServer] })
    const archive = await fetch(`http://${address}/helm/helm-v${helmVersion}-linux-amd64.tar.gz.sha256sum`)
    expect(await archive.text()).toMatch(/^[0-9a-f]{64} /)
  })

  test("keeps the clock of this machine out of its hosts' reach", async () => {
    const [host] = (await current()).hosts
    if (!host) throw new Error('the lab has no host')
    const status = await insideOrFail(host, 'cat', '/proc/1/status')
    const capabilities = BigInt(`0x${/CapBnd:\s+(\w+)/.exec(status)?.[1]}`)
    expect((capabilities >> 25n) & 1n).toBe(0n) // CAP_SYS_TIME
  })

  test('has hosts that come back when they restart themselves, and when they were turned off', async () => {
    const [host] = (await current()).hosts
    if (!host) throw new Error('the lab has no host')
    const boot = () =>
      ssh(host.address, 'ops', 'cat /proc/sys/kernel/random/boot_id; systemctl show -P UserspaceTimestampMonotonic')
    const first = boot()
    await insideOrFail(host, 'touch', '/run/before-reboot')
    await insideOrFail(host, 'systemctl', 'reboot', '--no-block')
    await until('the host has restarted', async () => {
      try {
        return ssh(host.address, 'ops', 'test -e /run/before-reboot || echo restarted') === 'restarted'
      } catch {
        return false
      }
    })
    lab('off', host.name)
    expect(await isAlive(host.id)).toBe(false)
    expect(lab('status')).toMatch(new RegExp(`${host.name} .* off`))
    lab('on', host.name)
    expect(boot()).not.toBe(first)
    expect(ssh(host.address, 'ops', 'ip -4 route show default')).toContain('dev eth0')
  })

  test('stays as it is when it is brought up again', async () => {
    const { hosts } = await current()
    await insideOrFail(hosts[0]!, 'touch', '/run/mark')
    lab('up')
    expect(await insideOrFail(hosts[0]!, 'ls', '/run/mark')).toBe('/run/mark\n')
  })

  test('refuses to become another one', () => {
    expect(() => lab('up', '--hosts', '2')).toThrow(/is up with other hosts/)
  })
})

describe('a lab that is taken down', () => {
  test('leaves nothing behind, and is down when it is taken down again', async () => {
    bridge = (await current()).bridge
    expect(tracesOf(name, bridge)).not.toEqual([])
    lab('down')
    expect(tracesOf(name, bridge)).toEqual([])
    expect(lab('down')).toContain('there is no lab')
  })

  // Each is printed when that part begins.
  const parts = ['raise the bridge', 'boot the upstream', 'fill the package', 'boot cp1']

  test.for(parts)('leaves nothing behind of an up killed at "%s"', async (part) => {
    await killUpAt(part)
    const half = (await current()).bridge
    lab('down')
    expect(tracesOf(name, half)).toEqual([])
  })

  test.for(parts)('can be brought up after an up killed at "%s"', async (part) => {
    await killUpAt(part)
    lab('up')
    const { hosts, bridge: whole } = await current()
    for (const host of hosts) {
      expect(await insideOrFail(host, 'systemctl', 'is-active', 'ssh')).toBe('active\n')
    }
    lab('down')
    expect(tracesOf(name, whole)).toEqual([])
  })

  test('leaves this machine as it was', () => {
    // Another lab may have come or gone meanwhile: what it changed is not ours to judge.
    const others = execFileSync('ip', ['-o', 'link', 'show', 'type', 'bridge'], { encoding: 'utf8' })
    if (!others.includes('pvlab')) expect(machineSettings()).toEqual(before.settings)
    if (!others.includes('pvlab')) expect(nspawnLocks().length).toBe(before.locks)
    expect(tracesOf(name, bridge)).toEqual([])
  })
})

/** Starts `lab up` and kills it, as hard as can be, at the moment it begins a part of its work. */
async function killUpAt(part: string): Promise<void> {
  const up: ChildProcess = spawn(process.execPath, [entry, 'lab', 'up', '--name', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    up.stdout?.on('data', (text: Buffer) => {
      said += text.toString()
      if (said.includes(part)) up.kill('SIGKILL')
    })
    up.on('exit', (_code, signal) =>
      signal === 'SIGKILL' ? resolve() : reject(new Error(`"${part}" never came: ${said}`)),
    )
  })
}
