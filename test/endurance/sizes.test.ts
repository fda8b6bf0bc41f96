import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cgroupV1 } from '../../lab/src/cgroups.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  removeLab,
  results,
  type TestLab,
  variant,
} from '../lab/harness.ts'

/**
 * The smallest machines that docs/quickstart.md promises, as Debian 13 shows them: hosts here see the memory of the
 * whole machine, so each gets a /proc/meminfo of its own, and its control group the same limit. Takes 7 minutes, two of
 * which it waits for what would be evicted or killed.
 */
const sizes = { cp1: 1950, w1: 983 }

let lab: TestLab

beforeAll(async () => {
  lab = await freshLab({ hosts: 2, systems: ['debian-13', 'debian-13'] })
  for (const [name, memory] of Object.entries(sizes)) await resize(name, memory)
})
afterAll(removeLab)

/** What the kernel of a host says of its memory, in MiB, until it is started again; and what the host may use of it. */
async function resize(name: string, memory: number): Promise<void> {
  await on(
    lab,
    name,
    `while umount /proc/meminfo 2>/dev/null; do :; done
    sed 's/^MemTotal:.*/MemTotal: ${memory * 1024} kB/' /proc/meminfo >/run/meminfo && mount --bind /run/meminfo /proc/meminfo`,
  )
  const { id } = hostOf(lab, name)
  const file = cgroupV1() ? `/sys/fs/cgroup/memory/${id}/memory.limit_in_bytes` : `/sys/fs/cgroup/${id}/memory.max`
  expect(existsSync(file), file).toBe(true)
  await writeFile(file, String(memory * 2 ** 20))
}

describe('a control plane of 2 GiB and a worker of 1 GiB', () => {
  test('are refused before anything is touched where they are smaller than that', async () => {
    await resize('w1', 462)
    const refused = await provision(lab, ['--limit', 'w1'])
    expect(refused.code).not.toBe(0)
    expect(refused.output).toMatch(/462 MiB of memory.*leaves 116 MiB; the pods of a worker need 300 MiB/s)
    expect(results(refused, ['changed'])).toEqual([])
    await resize('w1', sizes.w1)
  })

  test('are refused with numbers that leave too little', async () => {
    const given = variant(lab, 'given.yaml', (inventory) => {
      const half = { memory: '500Mi' }
      Object.assign(inventory.kubernetes as object, { reserved: { system: half, kube: half } })
    })
    const refused = await provision(lab, ['plan', '--limit', 'w1'], { inventory: given })
    expect(refused.output).toMatch(/leaves -\d+ MiB.*kubernetes\.reserved/s)
  })

  test('become a cluster', async () => {
    expectCode(await provision(lab), 0)
    const memory = await kubectl(
      lab,
      `get nodes -o jsonpath='{range .items[*]}{.status.capacity.memory} {.status.allocatable.memory} {end}'`,
    )
    // 1950 less 197 twice and 100; 983 less 149 twice and 100.
    expect(memory.trim()).toBe('1950Mi 1456Mi 983Mi 585Mi')
  })

  test('stay up', async () => {
    await pause(120_000)
    const states = await kubectl(
      lab,
      `get nodes -o jsonpath='{range .items[*].status.conditions[*]}{.type}={.status} {end}'`,
    )
    expect(states.match(/\w+=True/g)).toEqual(['Ready=True', 'Ready=True'])
    const pods = await kubectl(
      lab,
      `get pods -A -o jsonpath='{range .items[*]}{.metadata.name} {.status.phase} {.status.containerStatuses[*].restartCount}{"\\n"}{end}'`,
    )
    expect(
      pods
        .trim()
        .split('\n')
        .filter((line) => !/ Running 0$/.test(line)),
    ).toEqual([])
    for (const host of expectCode(await provision(lab), 0).hosts) {
      expect(host, host.name).toMatchObject({ outcome: 'converged', changed: 0 })
    }
  })
})
