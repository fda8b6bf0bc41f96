import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { labDown } from '../../lab/src/down.ts'
import { quiet } from '../../lab/src/progress.ts'
import { labUp } from '../../lab/src/up.ts'
import type { Inventory } from '../../src/inventory/inventory.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { createTargets } from '../../src/run/targets.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Target, Transport } from '../../src/transport/transport.ts'
import { collect, counted, counting, program } from '../ssh/programs.ts'

// Whole hosts, with a systemd and sudo as their distribution sets it up: cp1 (no password), w1 (a password), w2 (root).
// In a lab of its own, since hosts are rebooted.
let inventory: Inventory
let transport: Transport

beforeAll(async () => {
  await labDown('ssh', quiet)
  const { file } = await labUp('ssh', { hosts: 3, systems: ['debian-13', 'debian-13', 'debian-12'] }, quiet)
  inventory = loadInventory(file)
  transport = createSshTransport({ knownHostsFile: `${file}.known_hosts`, sshConfigFile: '/nonexistent' })
})
afterAll(async () => {
  if (process.env.KEEP_LAB === undefined) await labDown('ssh', quiet)
})

async function target(name: string): Promise<Target> {
  const host = inventory.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(`the lab has no ${name}`)
  return createTargets(
    () => Promise.reject(new Error('nothing is asked')),
    () => {},
  )(host)
}

describe('a lab host', () => {
  it.each(['cp1', 'w1', 'w2'])('%s runs programs as root', async (name) => {
    const session = await transport.open(await target(name), { timeout: 30 })
    expect(session.identity.family).toBe('debian')
    expect(Math.abs(session.identity.clockOffset)).toBeLessThan(1)
    expect(await collect(session, program('e output who "$(id -un | base64)"; e output who; e end done'))).toEqual([
      { kind: 'output', name: 'who', value: 'root' },
      { kind: 'end', result: 'done' },
    ])
    await session.close()
    expect(session.traffic).toMatchObject({ connections: 1, execs: 1 })
  })

  it('w1 refuses a wrong sudo password at once', async () => {
    const wrong = { ...(await target('w1')), sudoPassword: 'wrong' }
    await expect(transport.open(wrong, { timeout: 30 })).rejects.toThrow('its sudo does not accept the password')
    await expect(transport.open({ ...wrong, sudoPassword: undefined }, { timeout: 30 })).rejects.toThrow(
      'its sudo requires a password',
    )
  })

  it.each(['w1', 'w2'])('%s is rebooted and comes back, locked as before', async (name) => {
    const lock = { who: 'tester@here', run: 'reboot', since: '2026-01-02T03:04:05Z' }
    const session = await transport.open(await target(name), { timeout: 30, lock })
    const before = session.identity.bootId
    expect(await collect(session, counting(2, 0))).toEqual(counted(2))
    await session.reboot(240)
    expect(session.identity.bootId).not.toBe(before)
    expect(await collect(session, counting(3, 0))).toEqual(counted(3))
    await expect(transport.open(await target(name), { timeout: 30, lock: { ...lock, run: 'other' } })).rejects.toThrow(
      /is locked by tester@here/,
    )
    await session.close()
    expect(session.traffic.connections).toBeGreaterThan(1)
  })
})
