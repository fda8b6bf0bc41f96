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

  test('a change of it restarts what goes by it, and no pod', async () => {
    const before = await kubectl(lab, 'get pod private -o jsonpath={.status.containerStatuses[0].containerID}')
    const ran = await provision(lab, [], { inventory: further })
    expectCode(ran, 0)
    // Pods that were not Ready for a moment have the cluster proven anew.
    const changed = results(ran, ['changed']).filter((each) => !each.includes('pod to pod'))
    expect(changed).toEqual(
      hosts.flatMap((host) => [
        `${host}: Proxy`,
        ...['containerd', 'docker', 'kubelet'].map((unit) => `${host}: ${unit}.service goes by it`),
      ]),
    )
    expect(await on(lab, 'cp1', 'tr "\\0" "\\n" </proc/$(pidof kubelet)/environ')).toContain(',.corp.test')
    expect(await kubectl(lab, 'get pod private -o jsonpath={.status.containerStatuses[0].containerID}')).toBe(before)
    expect(results(await provision(lab, [], { inventory: further }), ['changed'])).toEqual([])
  })
})

describe('without it again', () => {
  test('nothing of it is left where the inventory names none', async () => {
    for (const host of hosts) await on(lab, host, noWayBut(lab.lab.upstream.address, 'D'))
    const inventory = variant(lab, 'direct', (file) => Object.assign(file.hosts.cp1 as object, { taints: [] }))
    const ran = await provision(lab, [], { inventory })
    expectCode(ran, 0)
    expect(results(ran, ['changed'])).toEqual(expect.arrayContaining(hosts.map((host) => `${host}: No proxy`)))
    for (const host of hosts) {
      expect(await on(lab, host, `ls -d ${files.join(' ')} 2>/dev/null || :`)).toBe('')
      expect(await on(lab, host, 'tr "\\0" "\\n" </proc/$(pidof containerd)/environ')).not.toContain('PROXY')
    }
    expect(results(await provision(lab, [], { inventory }), ['changed'])).toEqual([])
  })

  test('nor by a reset', async () => {
    expectCode(await provision(lab, [], { inventory }), 0)
    expectCode(await provision(lab, ['reset', 'cp1', '--yes'], { inventory }), 0)
    expect(await on(lab, 'cp1', `ls -d ${files.join(' ')} /etc/systemd/system/*.service.d 2>/dev/null || :`)).toBe('')
  })
})
