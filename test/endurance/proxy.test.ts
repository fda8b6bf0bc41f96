import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue } from '../../src/catalogue/load.ts'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  removeLab,
  results,
  type TestLab,
  variant,
} from '../lab/harness.ts'
import { onUpstream, pushPrivately, type SiteRegistry, startProxy, startRegistry } from '../lab/site-services.ts'

// A host that reaches nothing of the site but a proxy with a password, and the time server. About 3 minutes on two idle cores.
let lab: TestLab
let inventory: string
let further: string
let registry: SiteRegistry
const top = join(import.meta.dirname, '../..')
const login = { username: 'node', password: 's3cret-Pass' }
const port = 8888
const hosts = ['cp1']
const files = [
  '/etc/provision-proxy.env',
  '/etc/apt/apt.conf.d/90provision-proxy',
  ...['containerd', 'docker', 'kubelet'].map((unit) => `/etc/systemd/system/${unit}.service.d/50-provision-proxy.conf`),
]

beforeAll(async () => {
  lab = await freshLab({ hosts: 1, controlPlanes: 1 })
  const { address } = lab.lab.upstream
  registry = await startRegistry(lab, 5443, join(dirname(lab.inventory), 'site'))
  await startProxy(lab, port, login, [5443])
  const passwordFile = join(dirname(lab.inventory), 'site', 'proxy-password')
  writeFileSync(passwordFile, `${login.password}\n`, { mode: 0o600 })
  for (const host of hosts) await on(lab, host, noWayBut(address, 'I'))
  const write = (name: string, no: string[]) =>
    variant(lab, name, (file) => {
      Object.assign(file.hosts.cp1 as object, { taints: [] })
      const { host, ca, username } = registry
      file.registries = { private: [{ host, ca, username, password: { file: registry.passwordFile } }] }
      file.proxy = { http: `http://${address}:${port}`, no, username: login.username, password: { file: passwordFile } }
    })
  inventory = write('proxied', [])
  further = write('proxied-further', ['.corp.test'])
})

afterAll(removeLab)

/** Of the upstream, a host reaches this port only; what it does not reach refuses at once. */
function noWayBut(address: string, how: 'I' | 'D'): string {
  return `iptables -${how} OUTPUT -d ${address} -p tcp ! --dport ${port} -j REJECT --reject-with tcp-reset`
}

describe('behind a proxy with a password', () => {
  test('hosts have no other way', async () => {
    for (const host of hosts) {
      await expect(on(lab, host, 'apt-get -qq update -o APT::Update::Error-Mode=any')).rejects.toThrow()
    }
  })

  test('a cluster comes up', async () => {
    const ran = await provision(lab, [], { inventory })
    expectCode(ran, 0)
    for (const secret of [login.password, registry.password]) expect(ran.output).not.toContain(secret)
    expect(results(await provision(lab, [], { inventory }), ['changed'])).toEqual([])
    const seen = await onUpstream(lab, 'cat /var/log/tinyproxy/tinyproxy.log')
    expect(seen).toMatch(/GET http:\S+\/kubernetes\/core:/)
    expect(seen).toMatch(/GET http:\S+:5000\/v2\//)
    // What is the cluster's own never goes there.
    for (const own of [':6443', ':10250', '10.96.']) expect(seen).not.toContain(own)
  })

  test('pods, and Docker, get images through it', async () => {
    const image = await pushPrivately(
      lab,
      registry,
      catalogue.busybox.image.replace(/^docker\.io\//, ''),
      'team/tool:1',
    )
    await kubectl(lab, `run private --image=${image} --restart=Never --image-pull-policy=Always -- sleep 3600`)
    await kubectl(lab, 'wait --for=condition=Ready pod/private --timeout=120s')
    await on(lab, 'cp1', `docker pull -q ${image}`)
    expect(await onUpstream(lab, 'cat /var/log/tinyproxy/tinyproxy.log')).toContain(`CONNECT ${registry.host}`)
  })

  test('its password is root’s alone', async () => {
    for (const host of hosts) {
      expect(await on(lab, host, `stat -c %a ${files.slice(0, 2).join(' ')}`)).toBe('600\n600\n')
      const shown = await on(lab, host, 'systemctl show containerd docker kubelet; cat /proc/*/cmdline | tr "\\0" " "')
      expect(shown).not.toContain(login.password)
      expect(await on(lab, host, 'tr "\\0" "\\n" </proc/$(pidof containerd)/environ')).toContain('NO_PROXY=localhost,')
    }
  })

  test('nothing of it is left by a reset', async () => {
    const left = files.map((file) => file.replace(/\/50-provision-proxy.conf$/, ''))
    expectCode(await provision(lab, ['reset', 'cp1', '--yes'], { inventory }), 0)
    expect(await on(lab, 'cp1', `ls -d ${left.join(' ')} 2>/dev/null || :`)).toBe('')
  })
})

// Without a cluster: in a lab with cgroup v1 a restart of containerd may end containers (docs/contributing/lab.md), etcd's among them.
describe('on a host with a runtime alone', () => {
  const playbooks = ['proxy', 'prepare', 'containerd', 'docker'].map((name) => join(top, 'playbooks', `${name}.yaml`))
  const run = async (inventory: string) => {
    const ran = await provision(lab, ['run', ...playbooks], { inventory })
    expectCode(ran, 0)
    return results(ran, ['changed'])
  }
  const environment = (unit: string) => on(lab, 'cp1', `tr "\\0" "\\n" </proc/$(pidof ${unit})/environ`)

  test('a change of it restarts what goes by it', async () => {
    await run(inventory)
    expect(await run(inventory)).toEqual([])
    expect(await run(further)).toEqual([
      'cp1: Proxy',
      ...['containerd', 'docker', 'kubelet'].map((unit) => `cp1: ${unit}.service goes by it`),
    ])
    for (const unit of ['containerd', 'dockerd']) expect(await environment(unit)).toContain(',.corp.test')
    expect(await run(further)).toEqual([])
  })

  test('nothing of it is left where the inventory names none', async () => {
    for (const host of hosts) await on(lab, host, noWayBut(lab.lab.upstream.address, 'D'))
    const direct = variant(lab, 'direct', (file) => Object.assign(file.hosts.cp1 as object, { taints: [] }))
    expect(await run(direct)).toContain('cp1: No proxy')
    expect(await on(lab, 'cp1', `ls -d ${files.join(' ')} 2>/dev/null || :`)).toBe('')
    for (const unit of ['containerd', 'dockerd']) expect(await environment(unit)).not.toContain('PROXY')
    expect(await run(direct)).toEqual([])
  })
})
