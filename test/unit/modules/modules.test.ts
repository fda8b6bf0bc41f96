import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import type { HostFacts } from '../../../src/host-facts.ts'
import { modules } from '../../../src/modules/index.ts'
import type { Module } from '../../../src/modules/module.ts'
import { loadPrelude } from '../../../src/shell/load.ts'
import { type Case, casesOf, contextOf, hosts, kubernetes, programOf } from './programs.ts'

it('every word has its cases', () => {
  expect(Object.keys({ ...casesOf, ...kubernetes }).sort()).toEqual(Object.keys(modules).sort())
})

it.each(Object.entries(modules))('each argument of %s is in a case', (name, module) => {
  const { properties = {} } = z.toJSONSchema(module.schema, { io: 'input', unrepresentable: 'any' })
  const cases = [...(casesOf[name] ?? []), ...(kubernetes[name] ?? [])]
  const given = new Set(cases.flatMap(({ args }) => Object.keys(Object(args))))
  expect(Object.keys(properties).filter((key) => !given.has(key))).toEqual([])
})

it.each(['debian', 'el'] as const)('no two parts of the runtime for %s give a function the same name', (family) => {
  const needed = Object.values(modules).flatMap((module) => module.library ?? [])
  const names = [...loadPrelude(family, needed).matchAll(/^([a-z_]+)\(\)/gm)].map((match) => match[1] as string)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

describe.each(Object.keys(casesOf))('%s', (name) => {
  const module = modules[name] as Module
  const cases = casesOf[name] as Case[]

  it.each(hosts)('compiles for $family as it did', async (facts) => {
    const program = programOf({ [name]: cases }, facts, '')
    const tasks = program.slice(program.indexOf('\n# t1 ') + 1, program.indexOf('\nmain() {') + 1)
    await expect(tasks).toMatchFileSnapshot(`golden/${name}.${facts.family}.sh`)
  })

  const refused = cases.filter((each) => each.refused !== undefined)
  it.each(refused.map((each) => [each.name, each] as const))('refuses %s', (_, given) => {
    const error = module.schema.safeParse(given.args).error
    expect(error ? messagesOf(error.issues) : 'accepted').toContain(given.refused)
  })

  it('asks beforehand for what its checks look up', () => {
    for (const facts of hosts) {
      for (const given of cases.filter((each) => each.refused === undefined)) {
        const body = module.compile(module.schema.parse(given.args), contextOf(facts, 't1'))
        const asked = Object.values(body.prefetch ?? {}).flat()
        for (const match of body.check.matchAll(/^(?:file_is|unit_is|packages_are \w+|packages_absent) (\S+)/gm)) {
          expect(asked).toContain((match[1] as string).replace(/^'/, '').replace(/=.*/, ''))
        }
      }
    }
  })
})

it('a token of digits is no number', () => {
  const token = '123456.1234567890123456'
  const module = modules.bootstrapToken as Module
  const [facts] = hosts as [HostFacts]
  const body = module.compile(module.schema.parse({}), { ...contextOf(facts, 't1'), generate: () => token })
  const yaml = (body.apply ?? '').split('<<P_EOF\n')[1]?.split('P_EOF')[0] as string
  expect(parse(yaml).stringData).toMatchObject({ 'token-id': '123456', 'token-secret': '1234567890123456' })
})

/** Of all issues, those inside records and unions included. */
function messagesOf(issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .map((issue) => `${issue.path.join('.')} ${issue.message} ${'issues' in issue ? messagesOf(issue.issues) : ''}`)
    .join('\n')
}

it('every word and every field of it says what it is', () => {
  const silent = Object.values(modules).flatMap((module) => {
    const missing = module.summary.endsWith('.') ? [] : [module.name]
    return [...missing, ...undescribed(module.schema as never, module.name)]
  })
  expect(silent).toEqual([])
})

type Shape = { def: { shape?: Record<string, Shape>; options?: Shape[] }; description?: string }

function undescribed(schema: Shape, path: string): string[] {
  if (schema.def.options) return schema.def.options.flatMap((option) => undescribed(option, path))
  return Object.entries(schema.def.shape ?? {}).flatMap(([name, field]) =>
    field.description ? [] : [`${path}.${name}`],
  )
}
