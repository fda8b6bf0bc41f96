import { describe, expect, test } from 'vitest'
import { defaultSettings, planLab } from '../../../lab/src/model.ts'

const largest = { hosts: 9, controlPlanes: 3, systems: ['debian-13', 'debian-12'] as const }

describe('a lab', () => {
  test('has by default one control plane, and one host for each way to become root', () => {
    const { hosts } = planLab('lab', 0, defaultSettings)
    expect(hosts.map(({ name, role, system, login }) => [name, role, system, login])).toEqual([
      ['cp1', 'control-plane', 'debian-13', 'sudo'],
      ['w1', 'worker', 'debian-13', 'sudo-password'],
      ['w2', 'worker', 'debian-12', 'root'],
    ])
  })

  test('uses its systems in turn', () => {
    const systems = planLab('lab', 0, largest).hosts.map((host) => host.system)
    expect(systems.slice(0, 3)).toEqual(['debian-13', 'debian-12', 'debian-13'])
  })

  test('shares no name and no address with another lab', () => {
    const things = (index: number) => {
      const lab = planLab(`lab${index}`, index, largest)
      const hosts = [...lab.hosts, lab.upstream]
      return [lab.bridge, lab.gateway, lab.subnet, ...hosts.flatMap((host) => [host.id, host.address, host.mac])]
    }
    const all = [...things(0), ...things(1), ...things(9)]
    expect(new Set(all).size).toBe(all.length)
  })

  test('gives its links names that the kernel takes', () => {
    const lab = planLab('lab', 9, largest)
    for (const host of [...lab.hosts, lab.upstream]) expect(host.id.length).toBeLessThanOrEqual(15)
  })
})
