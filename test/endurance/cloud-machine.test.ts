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
import { bootAsCloudMachine, namesAndRoutes, reboot } from './cloud-machine.ts'

// A machine of a cloud: cloud-init at its first boot, user data that wants the host's name and /etc/hosts to itself, and
// systemd-networkd with a file that matches any link. Here since installing cloud-init and two boots take half a minute, and
// no other test can have such a host beside what it is about.
let lab: TestLab

beforeAll(async () => {
  lab = await freshLab({ hosts: 1, controlPlanes: 1, systems: ['debian-13'] })
  await bootAsCloudMachine(lab, 'cp1')
})

afterAll(removeLab)

test('it is left alone until cloud-init has ended, and told so', async () => {
  const ran = await provision(lab)
  expectCode(ran, 0)
  expect(results(ran, ['changed'])).toContain('cp1: cloud-init finished')
  expect(await on(lab, 'cp1', 'cloud-init status || :')).toContain('status: done')
  expect(results(await provision(lab), ['changed'])).toEqual([])
})

test('it has its names, routes and links of pods after a boot, and after a restart of systemd-networkd', async () => {
  const before = await namesAndRoutes(lab, 'cp1')
  expect(before).toMatch(/^cp1\n/)
  await reboot(lab, 'cp1')
  await eventually('the node is ready', async () =>
    / Ready /.test(await kubectl(lab, 'get nodes --no-headers').catch(() => '')),
  )
  await eventually('cloud-init finished', async () =>
    (await on(lab, 'cp1', 'ls /run/cloud-init')).includes('result.json'),
  )
  expect(await namesAndRoutes(lab, 'cp1')).toBe(before)
  await on(lab, 'cp1', 'systemctl restart systemd-networkd; sleep 2')
  expect(await namesAndRoutes(lab, 'cp1')).toBe(before)
  // Static pods that have just started may not have been seen ready yet.
  const proof = 'cp1: Nodes, pods, DNS and Services'
  const plan = await provision(lab, ['plan'])
  expect(results(plan, ['would-change']).filter((each) => each !== proof)).toEqual([])
})
