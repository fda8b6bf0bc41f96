import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  eventually,
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  removeLab,
  results,
  type TestLab,
} from '../lab/harness.ts'
import { namesAndRoutes, reboot } from './cloud-machine.ts'

// A host whose link NetworkManager looks after, and one with ifupdown and dhclient. Here since two hosts with managers of their own
// take a cluster of their own, and boots; what each manager does is in test/shell/link-managers.test.ts, in every run.
let lab: TestLab

const script = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

beforeAll(async () => {
  lab = await freshLab({ hosts: 2, controlPlanes: 1, systems: ['debian-13', 'debian-12'] })
  const link = await on(lab, 'w1', 'ip -o -4 address show dev eth0; ip -o link show dev eth0')
  const [, address] = / inet ([0-9.]+)\//.exec(link) ?? []
  const [, mac] = / link\/ether ([0-9a-f:]+) /.exec(link) ?? []
  await on(lab, 'cp1', `set -- ${address} ${mac}\n${script('network-manager-host.sh')}`)
  await on(lab, 'w1', script('dhclient-host.sh'))
  await reboot(lab, 'cp1')
  await reboot(lab, 'w1')
})

afterAll(removeLab)

test('a plan and a run tell of the hook, and the run goes through', async () => {
  expect((await on(lab, 'w1', 'uname -n')).trim()).toBe('name-by-dhcp')
  expect((await provision(lab, ['plan'])).output).toContain('/etc/dhcp/dhclient-exit-hooks.d/site-name: [ -z')
  await on(lab, 'w1', 'rm /etc/dhcp/dhclient-exit-hooks.d/site-name')
  expectCode(await provision(lab), 0)
  expect(results(await provision(lab), ['changed'])).toEqual([])
  // Without a pod a worker has no bridge after a boot.
  await kubectl(lab, `run site --image=busybox:1.37 --overrides='{"spec":{"nodeName":"w1"}}' -- sleep 100000`)
})

test.for(['cp1', 'w1'])('%s has its names, routes and links of pods after a boot', async (name) => {
  const before = await namesAndRoutes(lab, name)
  expect(before).toMatch(new RegExp(`^${name}\n`))
  expect(before).toMatch(/^10\.244\./m)
  await reboot(lab, name)
  await eventually('the nodes are ready', async () => {
    const nodes = await kubectl(lab, 'get nodes --no-headers').catch(() => '')
    return (nodes.match(/ Ready /g) ?? []).length === 2
  })
  await eventually('its network is as before', async () => (await namesAndRoutes(lab, name)) === before).catch(() => {})
  expect(await namesAndRoutes(lab, name)).toBe(before)
})

test('NetworkManager leaves links of pods alone, whatever other lists there are', async () => {
  const links = (await on(lab, 'cp1', 'nmcli --terse --fields DEVICE,STATE device')).trim().split('\n')
  const pods = links.filter((each) => /^(cni|veth|docker)/.test(each))
  expect(pods.length).toBeGreaterThan(1)
  expect(pods.filter((each) => !each.endsWith(':unmanaged'))).toEqual([])
  expect(links).toContain('eth0:connected')
})
