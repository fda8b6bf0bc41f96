import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { readInventory } from '../../src/inventory/load.ts'
import { modules } from '../../src/modules/index.ts'
import type { Module, ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { machineSizeOf } from '../../src/variables/machine-size.ts'
import { renderedWith } from '../rendered.ts'
import { placeTest as it, outline, type Place, type Shell, shells, type TestTask, textOf } from './harness.ts'

interface Machine {
  /** MiB, as the kernel shows it. */
  readonly memory: number
  readonly cpus: number
  readonly node?: boolean
}
interface Case extends Machine {
  readonly name: string
  readonly role: 'control-plane' | 'worker'
  readonly kubernetes?: object
  readonly network?: object
  readonly refused?: string
}
const cases = parse(readFileSync(new URL('cases/sizes.yaml', import.meta.url), 'utf8')) as readonly Case[]

function sizeOf(role: string, sections: object) {
  const hosts = { cp1: { address: '10.0.0.11', role: 'control-plane' }, w1: { address: '10.0.0.21', role: 'worker' } }
  const inventory = readInventory(JSON.stringify({ cluster: 'x', hosts, ...sections }), 'hosts.yaml')
  const host = inventory.hosts.find((each) => each.role === role)
  if (host === undefined) throw new Error(`there is no ${role}`)
  return machineSizeOf(inventory, host)
}

function word(
  name: string,
  args: unknown,
  sections: object = {},
): TestTask & { prefetch?: { files?: readonly string[] } } {
  const context = {
    id: 't1',
    mark: 'mark',
    render: (template: string, values: object) => renderedWith(sections, template, values),
    isSecret: () => false,
  } as Partial<ModuleContext> as ModuleContext
  const module = modules[name] as Module
  return { ...module.compile(module.schema.parse(args), context), output: undefined } as TestTask
}

/** What the machine shows of itself; a node has its kubelet's kubeconfig. */
function machine(place: Place, { memory, cpus, node = false }: Machine): Record<string, string> {
  const [proc, etc] = [join(place.work, 'proc'), join(place.work, 'etc')]
  mkdirSync(proc, { recursive: true })
  mkdirSync(join(etc, 'kubernetes'), { recursive: true })
  writeFileSync(join(proc, 'meminfo'), `MemTotal:       ${memory * 1024 + 500} kB\nMemFree:         1000 kB\n`)
  const cpu = (index: number) => `processor\t: ${index}\nmodel name\t: processor\n\n`
  writeFileSync(join(proc, 'cpuinfo'), Array.from({ length: cpus }, (_, index) => cpu(index)).join(''))
  if (node) writeFileSync(join(etc, 'kubernetes/kubelet.conf'), '')
  return { P_PROC: proc, P_ETC: etc, P_SYS: join(place.work, 'sys') }
}

describe.concurrent.each(shells)('under %s', (shell) => {
  it.for(cases)('$name', async ({ role, refused, kubernetes = {}, network, ...given }, { place }) => {
    const size = sizeOf(role, { kubernetes, ...(network && { network }) })
    const task = word('preflight', { cgroup: 'any', size })
    const events = await place.program(shell, [task], {}, machine(place, given)).run()
    if (refused === undefined) return expect(outline(events)).toEqual(['ok t1', 'end done'])
    expect(outline(events)).toEqual(['failed t1 check 3', 'end failed'])
    expect(textOf(events, 'log', 't1')).toMatch(new RegExp(refused))
  })

  it('the formula grows with the machine, and never keeps all of it', () => {
    // Every MiB up to 16 GiB, then in steps of a thirtieth up to 1 TiB; every number of CPUs up to 256.
    const memory = [
      ...Array.from({ length: 15 * 1024 }, (_, index) => 1024 + index),
      ...Array.from({ length: 145 }, (_, index) => Math.min(2 ** 20, Math.round(16384 * (31 / 30) ** index))),
    ]
    const script = `${loadPrelude('debian')}
      for m in ${memory.join(' ')}; do reserve_by_size $m 4; echo "m $m $R_MEMORY $R_EVICTION"; done
      c=0; while [ $c -lt 256 ]; do c=$((c + 1)); reserve_by_size 4096 $c; echo "c $((c * 1000)) $R_CPU 0"; done`
    const [command = '', ...words] = shell.split(' ')
    const printed = execFileSync(command, [...words, '-s'], { input: script, encoding: 'utf8' })
      .trim()
      .split('\n')
    expect(printed).toHaveLength(memory.length + 256)
    expect(memory.at(-1)).toBe(2 ** 20)
    let before = ['', '0', '0', '0']
    for (const line of printed) {
      const [kind = '', ...numbers] = line.split(' ')
      const [whole, each, eviction] = numbers.map(Number) as [number, number, number]
      if (kind === before[0]) {
        expect(each).toBeGreaterThanOrEqual(Number(before[2]))
        expect(eviction).toBeGreaterThanOrEqual(Number(before[3]))
      }
      // Half and more is always left, of memory too on the smallest machine.
      expect(2 * each + eviction).toBeLessThan(whole / 2)
      before = [kind, ...numbers]
    }
  })

  describe("the kubelet's settings", () => {
    const me = userInfo().username
    const earlier = {
      system: { cpu: '200m', memory: '500Mi' },
      kube: { cpu: '200m', memory: '500Mi' },
      eviction: '200Mi',
    }
    const template = 'kubernetes/kubelet.yaml.ejs'
    const small = { memory: 1950, cpus: 2 }
    const large = { memory: 15900, cpus: 8 }

    /** Runs the word and says how that ended and what is in the file. */
    async function settle(place: Place, on: Machine, role: string, kubernetes: object = {}) {
      const to = join(place.work, 'kubelet.conf')
      const args = { from: template, to, size: sizeOf(role, { kubernetes }), owner: me, group: me }
      const task = word('kubeletSettings', args, { kubernetes })
      const program = place.program(shell as Shell, [task], { prefetch: { files: [to] } }, machine(place, on))
      const events = await program.run()
      const text = readFileSync(to, 'utf8')
      const { systemReserved, kubeReserved, evictionHard } = parse(text)
      return {
        events: outline(events),
        text,
        numbers: [systemReserved, kubeReserved, evictionHard['memory.available']],
      }
    }
    const asBefore = (place: Place, kubernetes: object = {}) => {
      const text = renderedWith({ kubernetes }, template, { reserved: earlier, sized: false })
      writeFileSync(join(place.work, 'kubelet.conf'), text, { mode: 0o600 })
      return text
    }
    const changed = ['start t1', 'changed t1', 'end done']
    const same = ['ok t1', 'end done']
    const kept = (memory: number, cpu: number) => ({ cpu: `${cpu}m`, memory: `${memory}Mi` })

    it('go by the size, and follow it when it changes by more than a tenth', async ({ place }) => {
      const first = await settle(place, small, 'control-plane')
      expect([first.events, first.numbers]).toEqual([changed, [kept(197, 75), kept(197, 75), '100Mi']])
      expect(first.text).toMatch(/^# For 1950 MiB of memory and 2 CPU:.*\napiVersion/)
      for (const memory of [1950, 1930, 2140, 1780]) {
        expect((await settle(place, { ...small, memory, node: true }, 'control-plane')).events).toEqual(same)
      }
      const grown = await settle(place, { memory: 3900, cpus: 4 }, 'control-plane')
      expect([grown.events, grown.numbers]).toEqual([changed, [kept(295, 125), kept(295, 125), '195Mi']])
      const more = await settle(place, { memory: 3900, cpus: 8 }, 'control-plane')
      expect([more.events, more.numbers]).toEqual([changed, [kept(295, 200), kept(295, 200), '195Mi']])
    })

    it('are repaired', async ({ place }) => {
      const { text } = await settle(place, small, 'worker')
      writeFileSync(join(place.work, 'kubelet.conf'), text.replace('197Mi', '1Mi'))
      const repaired = await settle(place, small, 'worker')
      expect([repaired.events, repaired.text]).toEqual([changed, text])
    })

    it('are what the inventory gives, on machines of any size', async ({ place }) => {
      const reserved = { system: { cpu: '1', memory: '2Gi' }, kube: { cpu: '1', memory: '1Gi' } }
      const kubernetes = { reserved, evictionHard: { 'memory.available': '1Gi' } }
      const { events, numbers, text } = await settle(place, large, 'worker', kubernetes)
      expect([events, numbers]).toEqual([changed, [reserved.system, reserved.kube, '1Gi']])
      expect(text).not.toContain('# For')
      expect((await settle(place, { memory: 7900, cpus: 4 }, 'worker', kubernetes)).events).toEqual(same)
      const half = await settle(place, large, 'worker', { reserved: { kube: { memory: '2Gi' } } })
      expect(half.numbers).toEqual([kept(500, 200), { cpu: '200m', memory: '2Gi' }, '200Mi'])
    })

    it('stay as an earlier release made them, on a node that has enough for its pods', async ({ place }) => {
      const text = asBefore(place)
      const again = await settle(place, { ...large, node: true }, 'control-plane')
      expect([again.events, again.text]).toEqual([same, text])
    })

    it('of an earlier release go by the size where it leaves pods too little, and that is told', async ({ place }) => {
      asBefore(place)
      const { events, numbers } = await settle(place, { ...small, node: true }, 'control-plane')
      expect(events.join()).toMatch(
        /note .* leave 750 MiB and 1600m CPU of 1950 MiB and 2 CPU.*kubelet restarts.*changed t1/,
      )
      expect(numbers[0]).toEqual(kept(197, 75))
    })

    it('of an earlier release go by the size where there is no node yet, or where others change', async ({ place }) => {
      asBefore(place)
      expect((await settle(place, large, 'worker')).events).toEqual(changed)
      asBefore(place)
      const other = await settle(place, { ...large, node: true }, 'worker', { kubelet: { maxPods: 200 } })
      expect([other.events, other.text.startsWith('# For 15900 MiB')]).toEqual([changed, true])
    })
  })
})
