import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { modules } from '../../src/modules/index.ts'
import type { ModuleContext } from '../../src/modules/module.ts'
import { type Library, loadPrelude } from '../../src/shell/load.ts'
import { assemble, type ProgramTask } from '../../src/shell/program.ts'

const scripts = new URL('../../scripts/', import.meta.url)

/** A word of the playbooks with its arguments, or a task as shell. */
export type Deed = readonly [word: string, args: object] | string

export interface PowerCut {
  /** What was done on the host before, as shell under `set -eu`. */
  readonly setup: string
  /** What the power is cut in, and what is done again afterwards. */
  readonly deeds: readonly Deed[]
  /** Shell that prints what is wrong with a host after a cut; and with one on which it has been done to the end. */
  readonly cut: string
  readonly end: string
  /** Programs of the host, by name. */
  readonly fakes: Readonly<Record<string, string>>
  /** What templates other than scripts are rendered to. */
  readonly rendered?: string
  readonly libraries?: readonly Library[]
}

/** What a machine with a lot of other work may take, in milliseconds. */
export const patience = 15 * 60_000

/**
 * Cuts the power at every step; the lines of what was wrong, and how many cuts differed. Disks write only what they are told to;
 * with `all` also each by itself, and all together, whatever they have (five times as long).
 */
export async function cutEverywhere(
  given: PowerCut,
  all: boolean,
): Promise<{ readonly wrong: readonly string[]; readonly cuts: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'provision-power-'))
  try {
    const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
    write('setup', program([given.setup], given))
    write('act', program(given.deeds, given))
    write('next', program(given.deeds, given))
    write('cut', given.cut)
    write('end', given.end)
    mkdirSync(join(directory, 'fakes'))
    for (const [name, text] of Object.entries(given.fakes)) {
      write(`fakes/${name}`, `#!/bin/sh\n${text}\n`)
      chmodSync(join(directory, 'fakes', name), 0o755)
    }
    const driver = new URL('power-cut.sh', import.meta.url).pathname
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--net', '--ipc', '--uts']
    const { stdout } = await promisify(execFile)('unshare', [
      ...namespaces,
      'bash',
      driver,
      directory,
      ...(all ? ['all'] : []),
    ])
    const lines = stdout.split('\n').filter((line) => line !== '')
    const cuts = /^(\d+) cuts$/.exec(lines.pop() ?? '')
    if (cuts === null) throw new Error(stdout)
    return { wrong: lines, cuts: Number(cuts[1]) }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function program(deeds: readonly Deed[], { rendered = '', libraries = [] }: PowerCut): string {
  return assemble({
    mode: 'apply',
    nonce: 'f00dcafe',
    host: 'test',
    prelude: loadPrelude('debian', libraries),
    tasks: deeds.map((deed, at) => taskOf(deed, `t${at + 1}`, rendered)),
    prefetch: undefined,
  })
}

function taskOf(deed: Deed, id: string, rendered: string): ProgramTask {
  const blank = { id, comment: '', timeout: 600, marks: [], missing: [], background: false, joins: [] }
  if (typeof deed === 'string')
    return { ...blank, check: `[ -e "$P_RUN/${id}" ]`, apply: `${deed}\n: >"$P_RUN/${id}"` } as unknown as ProgramTask
  const [word, args] = deed
  const module = modules[word]
  if (module === undefined) throw new Error(`there is no word ${word}`)
  const body = module.compile(module.schema.parse(args), contextOf(id, rendered))
  const { check, apply, content } = body
  return { ...blank, check, apply, content }
}

function contextOf(id: string, rendered: string): ModuleContext {
  return {
    facts: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
    id,
    mark: `test-${id}`,
    render: (name) => (name.endsWith('.sh') ? readFileSync(new URL(name, scripts), 'utf8') : rendered),
    readFile: () => Buffer.alloc(0),
    readFolder: () => new Map(),
    isSecret: () => false,
    absent: () => [],
    gathered: () => undefined,
    value: () => undefined,
    early: false,
    generate: () => '',
    clockOffset: 0,
  }
}
