import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { HostFacts } from '../../../src/host-facts.ts'
import { modules } from '../../../src/modules/index.ts'
import { limitOf, type Module, type ModuleContext } from '../../../src/modules/module.ts'
import { assemble, type ProgramTask } from '../../../src/shell/program.ts'

/** Arguments of a module, as a task gives them. */
export interface Case {
  name: string
  args: unknown
  /** Part of the message with which the schema refuses it; otherwise it compiles to golden/MODULE.FAMILY.sh. */
  refused?: string
}

/** A host of each family. */
export const hosts: readonly HostFacts[] = [
  { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'arm64' },
]
const directory = new URL('cases/', import.meta.url)
/** Cases of the modules that any playbook may use, by module. */
export const casesOf = Object.fromEntries(
  readdirSync(directory).map((file) => [
    file.replace('.yaml', ''),
    parse(readFileSync(new URL(file, directory), 'utf8')) as Case[],
  ]),
)

/** The same for modules of a cluster, whose cases are one file. */
export const kubernetes = Object.fromEntries(
  Object.entries(
    parse(readFileSync(new URL('kubernetes.yaml', import.meta.url), 'utf8')) as Record<string, unknown>,
  ).map(([name, args]) => [name, [args].flat().map((each) => ({ name, args: each }))]),
)

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

/** What a module is compiled with. */
export function contextOf(facts: HostFacts, id: string): ModuleContext {
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

/** The program with all of these cases as its tasks. */
export function programOf(chosen: Readonly<Record<string, Case[]>>, facts: HostFacts, prelude: string): string {
  const tasks = Object.entries(chosen)
    .flatMap(([name, cases]) => cases.filter((each) => each.refused === undefined).map((each) => ({ name, each })))
    .map(({ name, each }, index) => compile(modules[name] as Module, each, facts, `t${index + 1}`))
  return assemble({ mode: 'apply', nonce: 'NONCE', host: facts.id, prelude, tasks, prefetch: {} })
}
