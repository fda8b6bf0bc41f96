import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { labDown } from '../../lab/src/down.ts'
import { type Lab, planLab } from '../../lab/src/model.ts'
import { insideOrFail } from '../../lab/src/power.ts'
import { quiet } from '../../lab/src/progress.ts'
import { labUp } from '../../lab/src/up.ts'
import type { ProgramEvent } from '../../src/events/event.ts'
import { type ModuleHost, openModuleHost, type Step } from './module-host.ts'

type Outcome = 'ok' | 'changed'
type CaseStep = Step & { plan?: 'ok' | 'failed'; apply?: Outcome; again?: Outcome }

interface Case {
  name: string
  arrange?: string
  steps: CaseStep[]
  /** The end of the log with which applying the last word fails. */
  fails?: string
  /** Whether the words agree with each other, so that applying again changes nothing. */
  settles?: false
  reboots?: true
}

const text = readFileSync(new URL('cases/modules.yaml', import.meta.url), 'utf8')
const names = (parse(text) as Case[]).map((each) => each.name)
const systems = { cp1: 'debian-13', w1: 'debian-12' } as const

/** A lab of its own: what is tried here would be in the way of a cluster. */
let lab: Lab
const hosts = new Map<string, ModuleHost>()
let cases: Case[]

beforeAll(async () => {
  const wanted = { hosts: 2, controlPlanes: 1, systems: Object.values(systems) }
  // What a run that was killed left would not be as the cases want it.
  await labDown('modules', quiet)
  lab = (await labUp('modules', wanted, quiet)).lab
  for (const name of Object.keys(systems)) hosts.set(name, await openModuleHost(lab, name))
  const upstream = planLab(lab.name, lab.index, lab.settings).upstream.address
  const key = await fetch(`http://${upstream}/kubernetes/core:/stable:/v1.36/deb/Release.key`)
  const digest = createHash('sha256')
    .update(Buffer.from(await key.arrayBuffer()))
    .digest('hex')
  await insideOrFail(lab.upstream, 'sh', '-c', readFileSync(new URL('signing.sh', import.meta.url), 'utf8'))
  const filled = text
    .replaceAll('$UPSTREAM', upstream)
    .replaceAll('$KEY_SHA256', digest)
    .replaceAll('$SIGNED', `http://${upstream}:8095`)
  cases = parse(filled) as Case[]
})

afterAll(async () => {
  for (const host of hosts.values()) await host.session.close()
  if (process.env.KEEP_LAB === undefined) await labDown('modules', quiet)
})

describe.each(Object.entries(systems))('on %s (%s)', (name) => {
  it.each(names.map((each, index) => [each, index] as const))('%s', async (_, index) => {
    const host = hosts.get(name) as ModuleHost
    const given = cases[index] as Case
    if (given.arrange !== undefined) {
      const arranged = await host.run('apply', [{ word: 'command', args: { run: given.arrange, always: true } }])
      expect(outcomes(arranged), logs(arranged)).toEqual(['t1 changed'])
    }
    const ids = given.steps.map((step, at) => ({ step, id: `t${at + 1}` }))
    const words = ids.filter(({ step }) => 'word' in step)

    const planned = await host.run('check', given.steps)
    for (const { step, id } of words) {
      const wanted = step.plan ? `${id} ${step.plan}` : expect.stringMatching(`^${id} (would-change|unknown)$`)
      expect(outcomes(planned), logs(planned)).toContainEqual(wanted)
    }

    const applied = await host.run('apply', given.steps)
    if (given.fails !== undefined) {
      const last = words.at(-1)?.id
      expect(outcomes(applied).at(-1), logs(applied)).toMatch(new RegExp(`^${last} failed`))
      expect(logs(applied)).toContain(given.fails)
      return
    }
    expect(outcomes(applied), logs(applied)).toEqual(
      ids.map(({ step, id }) => `${id} ${'word' in step ? (step.apply ?? 'changed') : 'ok'}`),
    )
    if (given.reboots) expect(applied.at(-1)).toEqual({ kind: 'end', result: 'reboot' })
    if (given.settles === false || given.reboots) return

    const again = await host.run('apply', given.steps)
    expect(outcomes(again), logs(again)).toEqual(ids.map(({ step, id }) => `${id} ${step.again ?? 'ok'}`))
  })
})

function outcomes(events: readonly ProgramEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === 'ok' ||
    event.kind === 'changed' ||
    event.kind === 'would-change' ||
    event.kind === 'unknown' ||
    event.kind === 'failed'
      ? [`${event.task} ${event.kind}`]
      : [],
  )
}

function logs(events: readonly ProgramEvent[]): string {
  return events.map((event) => (event.kind === 'log' ? `${event.task}: ${event.text}` : '')).join('')
}
