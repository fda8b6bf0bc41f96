import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse, stringify } from 'yaml'
import type { HostFacts } from '../../src/host-facts.ts'
import { readInventory } from '../../src/inventory/load.ts'
import type { Module, ModuleContext } from '../../src/modules/module.ts'
import { osMirrors } from '../../src/modules/packages/os-mirrors.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { osArchivesOf } from '../../src/variables/os-repositories.ts'
import { placeTest as it, outline, type Place, type Shell, shells, textOf } from './harness.ts'

interface Case {
  readonly name: string
  readonly of: string
  readonly mirrors: Readonly<Record<string, readonly [string, string]>>
  readonly settled?: boolean
  /** Below /etc. */
  readonly file: string
  readonly before: string
  readonly after: string
}

const cases = parse(readFileSync(new URL('cases/os-mirrors.yaml', import.meta.url), 'utf8')) as readonly Case[]
// Neither lists nor mirrors are there: which mirror answers, and fetching lists, is stood in for.
const fakes = `
apt_update() { :; }
fetch_within() { case $2 in http*://n/*) return 0 ;; esac; return 1; }
`
const prelude = `${loadPrelude('debian', ['os-mirrors'])}\n${fakes}`

describe.concurrent.each(shells)('package sources under %s', (shell) => {
  it.for(cases)('$name', async (given, { place }) => {
    const path = join(place.work, given.file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, given.before, { mode: 0o644 })
    const planned = await run(place, shell, given, 'check')
    expect(outline(planned)).toEqual([given.settled ? 'ok t1' : 'would-change t1', 'end done'])
    expect(readFileSync(path, 'utf8')).toBe(given.before)
    if (given.settled) return
    const applied = outline(await run(place, shell, given, 'apply'))
    expect(applied).toEqual(expect.arrayContaining(['changed t1', 'end done']))
    expect(applied.filter((line) => line.startsWith('note')).join('\n')).toMatch(
      /: taking https?:\/\/n\/.*since https?:\/\/m\//,
    )
    expect(readFileSync(path, 'utf8')).toBe(given.after)
    // Whichever mirror it is, it stays.
    expect(outline(await run(place, shell, given, 'apply'))).toEqual(['ok t1', 'end done'])
  })

  it('are as they were when no mirror answers', async ({ place }) => {
    const given = cases[0] as Case
    const path = join(place.work, given.file)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, given.before)
    const silent = { ...given, mirrors: { debian: ['http://m/1', 'http://m/2'] } } as unknown as Case
    const events = await run(place, shell, silent, 'apply')
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toContain('no mirror of debian answers')
    expect(readFileSync(path, 'utf8')).toBe(given.before)
  })
})

const systems: Readonly<Record<string, HostFacts>> = {
  debian: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  ubuntu: { family: 'debian', id: 'ubuntu', version: '24.04', codename: 'noble', arch: 'amd64' },
  rocky: { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'amd64' },
  almalinux: { family: 'el', id: 'almalinux', version: '10.1', codename: '', arch: 'amd64' },
  openEuler: { family: 'el', id: 'openEuler', version: '22.03', codename: '', arch: 'arm64' },
}

function run(place: Place, shell: Shell, given: Case, mode: 'apply' | 'check') {
  const inventory = readInventory(
    stringify({
      cluster: 'c',
      hosts: { cp1: { address: '10.0.0.1', role: 'control-plane' } },
      mirrors: { packages: { os: given.mirrors } },
    }),
    'hosts.yaml',
  )
  const module = osMirrors as Module
  const args = { system: given.of, archives: osArchivesOf(inventory, systems[given.of] as HostFacts) }
  const body = module.compile(module.schema.parse(args), {} as ModuleContext)
  const task = { ...body, output: undefined } as Parameters<Place['program']>[1][number]
  return place.program(shell, [task], { mode, prelude }, { O_ETC: place.work }).run()
}
