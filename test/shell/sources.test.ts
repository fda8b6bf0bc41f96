import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { makeAptHost } from './apt-host.ts'
import { placeTest as it, outline, type Place, type Shell, shells, textOf } from './harness.ts'

interface Case {
  readonly name: string
  readonly file: string
  readonly before: string
  readonly after?: string
  readonly refused?: string
}

const cases = parse(readFileSync(new URL('cases/sources.yaml', import.meta.url), 'utf8')) as Readonly<
  Record<'debian' | 'el', readonly Case[]>
>

/** A family's own part: how its program is started, where its files are, and what the words are given. */
interface Family {
  readonly shell: (shell: Shell, place: Place) => Shell
  readonly files: (place: Place) => string
  readonly words: string
  readonly env: (place: Place) => Readonly<Record<string, string>>
  /** Shell that prints what is wrong with the whole of it, by the tool itself. */
  readonly reads: string
}

const families: Readonly<Record<'debian' | 'el', Family>> = {
  debian: {
    shell: (shell, place) => `${makeAptHost(join(place.root, 'host')).enter} ${shell}` as Shell,
    files: (place) => join(place.root, 'host/etc/apt'),
    words: 'docker trixie https://d.example.com/linux/debian',
    env: () => ({}),
    reads: `printf 'Types: deb\\nURIs: https://d.example.com/linux/debian\\nSuites: trixie\\nComponents: stable\\nSigned-By: /k.asc\\n' \\
      >/etc/apt/sources.list.d/docker.sources
    apt-get indextargets`,
  },
  el: {
    shell: (shell) => shell,
    files: (place) => join(place.work, 'yum.repos.d'),
    words: "docker 'https://d.example.com/linux/centos/9/$basearch/stable'",
    env: (place) => ({
      rpm_repositories: join(place.work, 'yum.repos.d'),
      rpm_config: join(place.work, 'dnf.conf'),
    }),
    reads: ':',
  },
}

describe.concurrent.each(['debian', 'el'] as const)('the same repository in files of others on %s', (name) => {
  const family = families[name]
  it.for(cases[name].map((given, index) => ({ ...given, index })))('$name', async (given, { place }) => {
    const plain = shells[given.index % shells.length] as Shell
    const path = join(family.files(place), given.file)
    const shell = family.shell(plain, place)
    for (const directory of [dirname(path), family.files(place)]) mkdirSync(directory, { recursive: true })
    writeFileSync(path, given.before, { mode: 0o640 })
    const run = async (check: string, apply: string) => {
      const env = { P_SH: plain, ...family.env(place) }
      return place.program(shell, [{ check, apply }], { prelude: loadPrelude(name) }, env).run()
    }
    const events = await run(`no_sources_of_others ${family.words}`, `take_over_sources ${family.words}`)
    const log = textOf(events, 'log', 't1')
    if (given.refused !== undefined) {
      expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
      expect(log).toContain(given.refused)
    } else if (given.after === undefined) {
      expect(outline(events), log).toEqual(['ok t1', 'end done'])
    } else {
      expect(outline(events), log).toEqual(expect.arrayContaining(['changed t1', 'end done']))
      expect(outline(events).join('\n')).toContain('the repository docker is switched off there')
      expect(textOf(events, 'diff', 't1')).toContain('has the repository docker as well')
    }
    expect(readFileSync(path, 'utf8')).toBe(given.after ?? given.before)
    expect(statSync(path).mode & 0o777).toBe(0o640)
    if (given.after !== undefined) {
      // A reset has it as it was.
      const entry = join(place.state, 'ledger/file')
      const undone = await run('[ -e "$W/undone" ]', `cat ${entry}/*/content >"$W/undone"`)
      expect(outline(undone)).toContain('changed t1')
      expect(readFileSync(join(place.work, 'undone'), 'utf8')).toBe(given.before)
      const read = await run(family.reads, ':')
      expect(outline(read), textOf(read, 'log', 't1')).toContain('ok t1')
    }
  })
})
