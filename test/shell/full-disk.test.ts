import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Library, loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

interface Case {
  readonly family?: 'el'
  /** Takes the place of functions that ask what is not here. */
  readonly functions?: string
  readonly before?: string
  readonly run: string
  /** It takes no room: on a full disk it may do what it should. */
  readonly free?: true
}

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const { words: cases, other }: { words: Record<string, Case>; other: Record<string, string> } = parse(
  read('cases/full-disk.yaml'),
)
const libraries: Library[] = [
  'addons',
  'completions',
  'containerd',
  'corefile',
  'docker',
  'helm',
  'manifests',
  'os-mirrors',
  'reset',
  'unpack',
]

/** Programs that would change more than files, or are not here. */
const commands =
  'systemctl swapoff ufw dpkg apt-get apt-cache dpkg-query rpm dnf kubectl firewall-cmd helm ctr docker ip nft modprobe'

function program(family: 'debian' | 'el', directory: string): string {
  const chosen = Object.entries(cases).filter(([, { family: own = 'debian' }]) => own === family)
  const body = (name: string, text = ':') => `${name}() {\n${text}\n}`
  return [
    loadPrelude(family, libraries),
    `D=${directory} P_MODE=apply P_TASK=t1 P_SNAPSHOT=0 PATH=${directory}/bin:$PATH`,
    'P_ETC=/etc P_STATE=/etc/state P_RUN=/etc/run P_DISK=/etc/state/runs/r P_PENDING=/etc/pending ME="root root" h_home=/etc/run/helm',
    ...chosen.flatMap(([name, given]) => [
      body(`${name}_functions`, given.functions),
      body(`${name}_before`, given.before),
      body(`${name}_word`, given.run),
      `${name}_free=${given.free ? '-' : '0'}`,
    ]),
    read('cases/full-disk.sh'),
    `try_words ${chosen.map(([name]) => name).join(' ')}`,
  ].join('\n')
}

describe.concurrent.each(shells)('on a disk without room, or read-only, under %s', (shell) => {
  it.each(['debian', 'el'] as const)(
    'words of %s fail, and leave whole what was there',
    async (family) => {
      const directory = mkdtempSync(join(tmpdir(), 'provision-disk-'))
      try {
        writeFileSync(join(directory, 'program'), program(family, directory))
        writeFileSync(join(directory, 'big'), Array.from({ length: 5000 }, (_, index) => `${index}\n`).join(''))
        mkdirSync(join(directory, 'bin'))
        for (const name of commands.split(' ')) {
          writeFileSync(join(directory, 'bin', name), '#!/bin/sh\nexit 0\n')
          chmodSync(join(directory, 'bin', name), 0o755)
        }
        const namespaces = process.getuid?.() === 0 ? '-mun' : '-rmun'
        const call = [namespaces, ...shell.split(' '), join(directory, 'program')]
        const { stdout } = await promisify(execFile)('unshare', call, { env: { PATH: process.env.PATH } })
        expect(stdout).toBe('')
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    },
    900_000,
  )
})

/** Functions of the library with their bodies. */
function functions(): Map<string, string> {
  const source = new URL('../../src/shell/', import.meta.url)
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sh'))
  return new Map(
    files.flatMap((name) =>
      [...readFileSync(new URL(name, source), 'utf8').matchAll(/^(\w+)\(\) (\{ .*\}|[({]\n[\s\S]*?\n[)}])$/gm)].map(
        (found) => [found[1] as string, found[2] as string] as const,
      ),
    ),
  )
}

/** What writes: commands and words that do, and whatever goes into a file. */
const writing =
  /(^|[;&|({]|\b(then|do|else|if|[(]|!)) *(mkdir|mv|cp|ln|rm|rmdir|chown|chmod|write_file|put_\w+|ledger\w*|publish|move_in|forget_entry|owe_after|note|reset_note|make_directory|remove_file|take_copy) |[^<>0-9&]>>?"\$|>"?\/proc/m

describe('words that write', () => {
  it('are each tried, or it is said why not', () => {
    const all = functions()
    const named = new Set([
      ...Object.keys(cases),
      ...Object.values(other).flatMap((names) => names.trim().split(/\s+/)),
    ])
    expect([...all].filter(([name, body]) => writing.test(body) && !named.has(name)).map(([name]) => name)).toEqual([])
    expect([...named].filter((name) => !all.has(name))).toEqual([])
  })
})
