import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lab, labRoot } from '../../lab/src/model.ts'
import type { ProgramEvent } from '../../src/events/event.ts'
import type { HostFacts } from '../../src/host-facts.ts'
import { modules } from '../../src/modules/index.ts'
import { limitOf, type Module, type ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { assemble, type ProgramTask } from '../../src/shell/program.ts'
import type { ShellText } from '../../src/shell/quote.ts'
import { createSshTransport } from '../../src/transport/ssh.ts'
import type { Session } from '../../src/transport/transport.ts'

/** A word and its arguments, or a check of what became of the host. */
export type Step =
  | { readonly word: string; readonly args: unknown; readonly id?: string; readonly restartAfter?: readonly string[] }
  | { readonly sees: string }

/** A lab host on which single words are tried. */
export interface ModuleHost {
  readonly session: Session
  run(mode: 'apply' | 'check', steps: readonly Step[]): Promise<ProgramEvent[]>
}

export async function openModuleHost(lab: Lab, name: string): Promise<ModuleHost> {
  const host = lab.hosts.find((each) => each.name === name)
  if (host === undefined) throw new Error(`the lab has no host ${name}`)
  const transport = createSshTransport({ knownHostsFile: join(labRoot(lab.name), 'known_hosts') })
  const target = {
    name,
    address: host.address,
    port: 22,
    user: host.login === 'root' ? 'root' : 'ops',
    identityFile: join(labRoot(lab.name), 'id_ed25519'),
    hostKeys: 'pin' as const,
    sudoPassword:
      host.login === 'sudo-password'
        ? readFileSync(join(labRoot(lab.name), 'sudo-password'), 'utf8').trim()
        : undefined,
  }
  const lock = { who: 'module test', run: 'modules', since: new Date().toISOString() }
  const session = await transport.open(target, { timeout: 30, lock })
  let count = 0
  return {
    session,
    async run(mode, steps) {
      const id = `modules-${++count}`
      const nonce = randomBytes(8).toString('hex')
      const events: ProgramEvent[] = []
      for await (const event of session.run({ id, nonce, text: programOf(mode, nonce, session.identity, steps) }))
        events.push(event)
      return events
    },
  }
}

function programOf(mode: 'apply' | 'check', nonce: string, facts: HostFacts, steps: readonly Step[]): string {
  const compiled = steps.map((step, index) => compileStep(step, index, steps, facts))
  const collect = (kind: 'packages' | 'units' | 'files') => [
    ...new Set(compiled.flatMap(({ prefetch }) => prefetch?.[kind] ?? [])),
  ]
  const prefetch = { packages: collect('packages'), units: collect('units'), files: collect('files') }
  const prelude = loadPrelude(facts.family)
  return assemble({ mode, nonce, host: 'lab', prelude, tasks: compiled, prefetch })
}

function compileStep(step: Step, index: number, steps: readonly Step[], facts: HostFacts) {
  const id = `t${index + 1}`
  const fixed = { id, missing: [], background: false, joins: [], output: undefined }
  if ('sees' in step) {
    const check = `if ! { ${step.sees}\n}; then say 'not seen'; exit 3; fi` as ShellText
    return { ...fixed, comment: 'sees', timeout: 10, check, apply: '' as ShellText, marks: [], prefetch: undefined }
  }
  const module = modules[step.word] as Module
  const marks = steps.flatMap((other, at) =>
    'word' in other && step.id !== undefined && other.restartAfter?.includes(step.id) ? [`mark-${at}`] : [],
  )
  const args = module.schema.parse(step.args)
  const body = module.compile(args, contextOf(facts, id, `mark-${index}`))
  return {
    ...fixed,
    comment: step.word,
    timeout: limitOf(module, args),
    marks,
    ...body,
    output: undefined,
  } satisfies ProgramTask & {
    prefetch?: unknown
  }
}

function contextOf(facts: HostFacts, id: string, mark: string): ModuleContext {
  return {
    facts,
    id,
    mark,
    render: (template) => template,
    readFile: (path) => readFileSync(path),
    readFolder: () => new Map(),
    isSecret: () => false,
    absent: () => [],
    value: () => undefined,
    gathered: () => undefined,
    early: false,
    generate: () => '',
    clockOffset: 0,
  }
}
