import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import type { HostFacts } from '../../../src/host-facts.ts'
import { modules } from '../../../src/modules/index.ts'
import { limitOf, type Module, type ModuleContext } from '../../../src/modules/module.ts'
import { loadPrelude } from '../../../src/shell/load.ts'
import { assemble, type ProgramTask } from '../../../src/shell/program.ts'

interface Case {
  name: string
  args: unknown
  /** Part of the message with which the schema refuses it; otherwise it compiles to golden/MODULE.FAMILY.sh. */
  refused?: string
}

const hosts: readonly HostFacts[] = [
  { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'arm64' },
]
const directory = new URL('cases/', import.meta.url)
const casesOf = Object.fromEntries(
  readdirSync(directory).map((file) => [
    file.replace('.yaml', ''),
    parse(readFileSync(new URL(file, directory), 'utf8')) as Case[],
  ]),
)

const kubernetes = Object.fromEntries(
  Object.entries(
    parse(readFileSync(new URL('kubernetes.yaml', import.meta.url), 'utf8')) as Record<string, unknown>,
  ).map(([name, args]) => [name, [args].flat().map((each) => ({ name, args: each }))]),
)

it('every word has its cases', () => {
  expect(Object.keys({ ...casesOf, ...kubernetes }).sort()).toEqual(Object.keys(modules).sort())
})

it.each(Object.entries(modules))('each argument of %s is in a case', (name, module) => {
  const { properties = {} } = z.toJSONSchema(module.schema, { io: 'input', unrepresentable: 'any' })
  const cases = [...(casesOf[name] ?? []), ...(kubernetes[name] ?? [])]
  const given = new Set(cases.flatMap(({ args }) => Object.keys(Object(args))))
  expect(Object.keys(properties).filter((key) => !given.has(key))).toEqual([])
})

const addonManifest = `apiVersion: v1
kind: Namespace
metadata: { name: shared, annotations: { provision/theirs: "true" } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shared, labels: { app: web } }
spec: { replicas: 2 }
`

const networkManifest = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: network }
spec: { template: { spec: { containers: [{ image: "example.com/network:1" }] } } }
`

it.each(['debian', 'el'] as const)('no two parts of the runtime for %s give a function the same name', (family) => {
  const needed = Object.values(modules).flatMap((module) => module.library ?? [])
  const names = [...loadPrelude(family, needed).matchAll(/^([a-z_]+)\(\)/gm)].map((match) => match[1] as string)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

function contextOf(facts: HostFacts, id: string): ModuleContext {
  return {
    facts,
    id,
    mark: `phase-${id}`,
    render: (template) => (template === 'addon.yaml.ejs' ? addonManifest : `rendered from ${template}\n`),
    readFile: (path) => Buffer.from(path === 'network.yaml' ? networkManifest : `bytes of ${path}`),
    readFolder: (path) => new Map([['Chart.yaml', Buffer.from(`chart of ${path}`)]]),
    isSecret: (text) => text.includes('secret'),
    absent: () => [],
    value: () => undefined,
    gathered: () => ({ w1: 'joined', w2: 'joined' }),
    early: false,
    generate: () => 'abcdef.0123456789abcdef',
    clockOffset: 0,
  }
}

function compile(module: Module, given: Case, facts: HostFacts, id: string): ProgramTask {
  const args = module.schema.parse(given.args)
  const body = module.compile(args, contextOf(facts, id))
  const output = body.output === undefined ? undefined : { name: 'value', read: body.output }
  const fixed = { timeout: limitOf(module, args), marks: [], missing: [], background: false, joins: [] }
  return { id, comment: `${module.name}: ${given.name}`, ...fixed, ...body, output }
}

function programOf(chosen: Readonly<Record<string, Case[]>>, facts: HostFacts, prelude: string): string {
  const tasks = Object.entries(chosen)
    .flatMap(([name, cases]) => cases.filter((each) => each.refused === undefined).map((each) => ({ name, each })))
    .map(({ name, each }, index) => compile(modules[name] as Module, each, facts, `t${index + 1}`))
  return assemble({ mode: 'apply', nonce: 'NONCE', host: facts.id, prelude, tasks, prefetch: {} })
}

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

it.each(hosts)(
  'whole programs for $family pass shellcheck',
  (facts) => {
    const place = mkdtempSync(join(tmpdir(), 'provision-modules-'))
    try {
      const path = join(place, 'program')
      writeFileSync(
        path,
        programOf(
          { ...casesOf, ...kubernetes },
          facts,
          loadPrelude(facts.family, ['completions', 'corefile', 'helm', 'manifests', 'os-mirrors', 'reset', 'unpack']),
        ),
      )
      // Variables that only eval reads are beyond it. Style is a matter of the library's own files.
      const beyond = '--exclude=SC2034,SC2089,SC2090'
      expect(spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', beyond, path], { encoding: 'utf8' }).stdout).toBe('')
      for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
        execFileSync(shell[0] as string, [...shell.slice(1), '-n', path])
      }
    } finally {
      rmSync(place, { recursive: true })
    }
  },
  5 * 60_000,
)

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
