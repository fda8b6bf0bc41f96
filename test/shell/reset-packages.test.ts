import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, type Place, type Shell, shells } from './harness.ts'

type Fields = Readonly<Record<string, string | boolean>> & { readonly by: string }

interface Case {
  readonly name: string
  readonly packages: Readonly<Record<string, Fields>>
  /** What a reset that was cut short was about to remove. */
  readonly begun?: readonly string[]
  readonly unlisted?: boolean
  readonly config?: string
  readonly removed?: readonly string[]
  readonly stays?: Readonly<Record<string, string>>
  readonly refused?: string
}

const cases = parse(readFileSync(new URL('cases/reset-packages.yaml', import.meta.url), 'utf8')) as readonly Case[]

/** The real apt and dpkg, on a database of their own: what they remove is below the test's place. */
describe.concurrent.each(shells)('under %s, a reset', (shell) => {
  it.for(cases)('$name', (given, { place }) => {
    const host = install(place, given)
    const { status, stdout, stderr } = host.run(shell, 'packages_to_remove; cat "$P_RUN/stays" >&2')
    if (given.refused !== undefined) {
      expect([stdout, stderr]).toEqual(['', expect.stringContaining(given.refused)])
      expect(host.run(shell, 'put_back_packages').status).toBe(1)
      return
    }
    expect(status, stderr).toBe(0)
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual(given.removed)
    const stays = stderr.split('\n').filter((line) => line.startsWith('the package '))
    expect(stays).toHaveLength(Object.keys(given.stays ?? {}).length)
    for (const [name, why] of Object.entries(given.stays ?? {})) {
      expect(stays).toContainEqual(expect.stringMatching(`^the package ${name} stays: .*${why}`))
    }
    // And apt removes just those. Once is enough: that is the same under every shell.
    if (given.removed?.length === 0 || shell !== 'dash') return
    const ran = host.run(shell, 'put_back_packages')
    expect(ran.status, ran.stderr).toBe(0)
    const left = Object.entries(given.packages).flatMap(([name, { Status = 'installed' }]) =>
      `${Status}`.endsWith('config-files') || given.removed?.includes(name) ? [] : [name],
    )
    expect(host.installed()).toEqual(left.sort())
  })

  const postgres = {
    packages: {
      'docker.io': { by: 'ours', Depends: 'libdata, plain' },
      libdata: { by: 'along' },
      plain: { by: 'along' },
      conntrack: { by: 'ours' },
    },
  }

  it('purges what is ours by name, and never what came along', ({ place }) => {
    const host = install(place, postgres)
    for (const name of ['docker.io', 'libdata', 'conntrack']) host.holdData(name)
    // Of this one the configuration was there before.
    host.before('conntrack=1 left')
    const { status, stderr } = host.run(shell, 'put_back_packages')
    expect(status, stderr).toBe(0)
    expect(host.installed()).toEqual([])
    expect(['docker.io', 'libdata', 'conntrack'].map(host.dataOf)).toEqual([false, true, true])
    expect(stderr).toContain('dpkg --purge libdata\n')
    expect(existsSync(join(place.state, 'reset/packages'))).toBe(false)
  })

  it.for(['erase_packages', 'purge_packages'])('killed after %s ends the same', (word, { place }) => {
    const host = install(place, postgres)
    for (const name of ['docker.io', 'libdata']) host.holdData(name)
    const killed =
      word === 'erase_packages'
        ? 'apt_get $apt_alone --allow-change-held-packages remove docker.io; kill -KILL $$'
        : 'kill -KILL $$'
    expect(host.run(shell, `${word}() { ${killed}; }\nput_back_packages`).signal).toBe('SIGKILL')
    const { status, stderr } = host.run(shell, 'put_back_packages')
    expect(status, stderr).toBe(0)
    expect(host.installed()).toEqual([])
    expect(['docker.io', 'libdata'].map(host.dataOf)).toEqual([false, true])
  })

  it('leaves a directory in which a package that stays has files', ({ place }) => {
    const host = install(place, {
      packages: { cni: { by: 'ours' }, kube: { by: 'ours' }, operators: { by: 'operator', Depends: 'cni' } },
    })
    const kept = join(place.work, 'kept')
    const gone = join(place.work, 'gone')
    host.owns('cni', kept)
    for (const path of [kept, gone]) mkdirSync(path)
    const { status, stderr } = host.run(shell, `package_paths='${kept} ${gone}'; concerned() { :; }; put_back_packages`)
    expect(status, stderr).toBe(0)
    expect([existsSync(kept), existsSync(gone)]).toEqual([true, false])
  })

  it('the list of what was there holds what is half-installed, and what left its configuration', ({ place }) => {
    const host = install(place, {
      packages: {
        held: { by: 'before', hold: true },
        half: { by: 'before', Status: 'install reinstreq half-configured' },
        left: { by: 'before', Status: 'deinstall ok config-files' },
        plain: { by: 'before' },
      },
    })
    expect(host.run(shell, 'query_package_set').stdout.split('\n').filter(Boolean).sort()).toEqual([
      'half=1 -',
      'held=1 hold',
      'left=1 left',
      'plain=1 -',
    ])
  })
})

function install(place: Place, given: Pick<Case, 'packages' | 'begun' | 'unlisted' | 'config'>) {
  const apt = join(place.root, 'apt')
  for (const directory of [
    'lists/partial',
    'cache/archives/partial',
    'etc/apt.conf.d',
    'etc/preferences.d',
    'dpkg/info',
    'dpkg/updates',
    'dpkg/alternatives',
    'root',
    'log',
  ]) {
    mkdirSync(join(apt, directory), { recursive: true })
  }
  const run = join(place.root, 'run')
  mkdirSync(run)
  const entries = Object.entries(given.packages).map(([each, fields]) => {
    const [name = '', architecture = 'amd64'] = each.split(':')
    return { name, architecture, ...fields, fields: { ...fields } as Record<string, string | boolean> }
  })
  const status = entries.map(({ name, architecture, fields: { by: _, hold, ...more } }) => {
    const foreign = architecture === 'amd64' ? {} : { 'Multi-Arch': 'same' }
    const all = {
      Package: name,
      Status: `${hold === true ? 'hold' : 'install'} ok installed`,
      Maintainer: 'x <x@x>',
      Architecture: architecture,
      Version: '1',
      ...foreign,
      ...more,
      Description: 'x',
    }
    return Object.entries(all)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join('')
  })
  const automatic = entries.flatMap(({ name, architecture, by }) =>
    by.endsWith('along') ? [`Package: ${name}\nArchitecture: ${architecture}\nAuto-Installed: 1\n`] : [],
  )
  writeFileSync(join(apt, 'dpkg/status'), `${status.join('\n')}\n`)
  writeFileSync(join(apt, 'dpkg/arch'), 'amd64\ni386\n')
  writeFileSync(join(apt, 'extended_states'), `${automatic.join('\n')}\n`)
  for (const { name, architecture } of entries) {
    writeFileSync(join(apt, `dpkg/info/${architecture === 'amd64' ? name : `${name}:${architecture}`}.list`), '/.\n')
  }
  writeFileSync(join(apt, 'dpkg/info/format'), '1\n')
  const options = [
    `--admindir=${apt}/dpkg`,
    `--instdir=${apt}/root`,
    `--log=${apt}/log/dpkg`,
    '--force-not-root',
    '--force-unsafe-io',
    '--force-script-chrootless',
    '--force-bad-path',
  ]
  writeFileSync(
    join(apt, 'apt.conf'),
    `Dir::State "${apt}"; Dir::State::status "${apt}/dpkg/status"; Dir::State::extended_states "${apt}/extended_states";
Dir::State::lists "${apt}/lists"; Dir::Cache "${apt}/cache"; Dir::Etc "${apt}/etc"; Dir::Log "${apt}/log";
APT::Architecture "amd64"; APT::Architectures { "amd64"; "i386"; }; APT::Sandbox::User "";
DPkg::Options { ${options.map((option) => `"${option}";`).join(' ')} }; ${given.config ?? ''}\n`,
  )
  const ledger = join(place.state, 'ledger')
  const set = join(ledger, 'package-set/all')
  mkdirSync(set, { recursive: true })
  const listed = entries.flatMap(({ name, by }) => (by.startsWith('before') ? [`${name}=1 -\n`] : []))
  // There is no host without any package.
  if (given.unlisted !== true) writeFileSync(join(set, 'content'), ['dpkg=1 left\nbase=1 -\n', ...listed].join(''))
  for (const { name, by } of entries) {
    if (!by.endsWith('ours')) continue
    mkdirSync(join(ledger, 'package', name), { recursive: true })
    writeFileSync(join(ledger, 'package', name, 'meta'), `kind=package\nkey=${name}\nversion=absent\nhold=-\n`)
  }
  if (given.begun !== undefined) {
    mkdirSync(join(place.state, 'reset'))
    writeFileSync(join(place.state, 'reset/packages'), given.begun.map((name) => `${name}\n`).join(''))
  }
  const env = {
    PATH: process.env.PATH,
    APT_CONFIG: join(apt, 'apt.conf'),
    DPKG_ADMINDIR: join(apt, 'dpkg'),
    DATA: join(apt, 'root'),
  }
  const data = (name: string) => join(apt, 'root', name)
  return {
    /** Runs words of the library, notes and the log on stderr. */
    run(under: Shell, script: string) {
      const [command = '', ...words] = under.split(' ')
      const settings = `P_STATE=${place.state} P_RUN=${run} P_TASK=t1 P_SNAPSHOT=0`
      const aside =
        'apt_repair() { :; }\nnote() { say "$*"; }\nbring_package() { :; }\nlist_shared_paths() { :; }\nshared_paths=\nis_node() { false; }\n'
      writeFileSync(join(run, 'program'), `${loadPrelude('debian', ['reset'])}\n${settings}\n${aside}${script}\n`)
      return spawnSync(command, [...words, '-eu', join(run, 'program')], { env, encoding: 'utf8' })
    },
    installed(): string[] {
      const format = '${Status} ${Package} ${Architecture}\n'
      const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format], { env, encoding: 'utf8' })
      return stdout
        .split('\n')
        .flatMap((line) => {
          const [, , state = '', name = '', architecture] = line.split(' ')
          if (['', 'config-files', 'not-installed'].includes(state)) return []
          return [architecture === 'amd64' ? name : `${name}:${architecture}`]
        })
        .sort()
    },
    /** A package whose script deletes data when it is purged, as databases' do. */
    holdData(name: string) {
      mkdirSync(data(name))
      writeFileSync(join(apt, `dpkg/info/${name}.postrm`), `#!/bin/sh\n[ "$1" != purge ] || rm -r "$DATA/${name}"\n`, {
        mode: 0o755,
      })
    },
    dataOf: (name: string) => existsSync(data(name)),
    before: (line: string) => writeFileSync(join(set, 'content'), `${line}\n`, { flag: 'a' }),
    owns: (name: string, path: string) => writeFileSync(join(apt, `dpkg/info/${name}.list`), `/.\n${path}\n`),
  }
}
