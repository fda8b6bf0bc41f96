import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { makeAptHost, type Packages, packAptHost } from './apt-host.ts'
import { placeTest as it, outline, type Shell, shells, textOf } from './harness.ts'

/** What a repository has; as pkgs.k8s.io has them: 1.36.2 was built twice, and only the second is there. */
const versions = ['1.36.0-1.1', '1.36.1-1.1', '1.36.2-2.1', '1.36.3-1.1', '1.36.3-2.1', '5:29.7.2-1~debian.13~trixie']

/** What is asked for, and what apt is told to install; nothing where it is said that there is none. */
const cases: readonly (readonly [wanted: string, install: string | undefined])[] = [
  ['kubelet=1.36.1', 'kubelet=1.36.1-1.1'],
  ['kubelet=1.36.2', 'kubelet=1.36.2-2.1'],
  ['kubelet=1.36.3', 'kubelet=1.36.3-2.1'],
  ['kubelet=1.36.3-1.1', 'kubelet=1.36.3-1.1'],
  ['kubelet=1.36', undefined],
  ['kubelet=1.36.4', undefined],
  ['kubelet=29.7.2', 'kubelet=5:29.7.2-1~debian.13~trixie'],
  ['kubelet=29.7.*', 'kubelet=5:29.7.2-1~debian.13~trixie'],
  ['kubelet', 'kubelet'],
]

// With the machine's own apt, and a repository of one package.
describe.concurrent('of the versions there are', () => {
  it.for(cases.map((given, index) => [...given, index] as const))(
    '%s is %s',
    async ([wanted, install, index], { place }) => {
      const shell = shells[index % shells.length] as Shell
      const { enter } = makeAptHost(join(place.root, 'host'))
      const repository = join(place.root, 'repository')
      mkdirSync(repository)
      const stanza = (version: string) =>
        `Package: kubelet\nVersion: ${version}\nArchitecture: all\nMaintainer: x\nFilename: ./x.deb\nSize: 1\nDescription: x\n`
      writeFileSync(join(repository, 'Packages'), versions.map(stanza).join('\n'))
      writeFileSync(join(place.root, 'host/etc/apt/sources.list'), `deb [trusted=yes] file:${repository} /\n`)
      const apply = `apt_update\napt_resolve ${wanted} || exit 7\necho "found:$A_INSTALL" >&2\nexit 8`
      const task = { check: 'return 1', apply, timeout: 60 }
      const prelude = loadPrelude('debian')
      const events = await place.program(`${enter} ${shell}` as Shell, [task], { prelude }, { P_SH: shell }).run()
      expect(outline(events)[1], textOf(events, 'log', 't1')).toBe(`failed t1 apply ${install === undefined ? 7 : 8}`)
      if (install !== undefined) expect(textOf(events, 'log', 't1')).toContain(`found: ${install}\n`)
    },
  )
})

const timeDaemon = { Provides: 'time-daemon', Conflicts: 'time-daemon', Replaces: 'time-daemon' }
const timesyncd: Packages = { 'systemd-timesyncd': timeDaemon }
const runc: Packages = { runc: {} }
const offered: Packages = {
  chrony: timeDaemon,
  containerd: { Conflicts: 'runc', Replaces: 'runc' },
  iptables: {},
}

interface Displacement {
  readonly name: string
  readonly there: Packages
  readonly wanted: string
  /** What is installed afterwards; undefined where it is refused, and all is as before. */
  readonly left?: readonly string[]
}

const displacements: readonly Displacement[] = [
  { name: 'nothing', there: runc, wanted: 'chrony iptables', left: ['chrony', 'iptables', 'runc'] },
  {
    name: 'another time daemon',
    there: { ...timesyncd, ...runc },
    wanted: 'chrony iptables',
    left: ['chrony', 'iptables', 'runc'],
  },
  {
    name: 'another time daemon that is also something else',
    there: { ntpsec: { ...timeDaemon, Provides: 'ntp (= 1), time-daemon, sntp' }, ...runc },
    wanted: 'chrony iptables',
    left: ['chrony', 'iptables', 'runc'],
  },
  { name: 'a runtime', there: runc, wanted: 'containerd iptables' },
  { name: 'a runtime, beside another time daemon', there: { ...timesyncd, ...runc }, wanted: 'chrony containerd' },
  { name: 'a runtime, where chrony displaces nothing', there: runc, wanted: 'chrony containerd' },
  {
    name: 'what needs the other time daemon',
    there: { ntpsec: timeDaemon, ntpviz: { Depends: 'ntpsec' } },
    wanted: 'chrony iptables',
  },
]

// With the machine's own apt and dpkg, which unpack below the test's place.
describe.concurrent('what is installed displaces', () => {
  it.for(displacements.map((given, index) => ({ ...given, index })))('$name', async (given, { place }) => {
    const { there, wanted, left, index } = given
    const shell = shells[index % shells.length] as Shell
    const root = join(place.root, 'host')
    const { enter } = makeAptHost(root)
    packAptHost(root, there, offered)
    const apply = `install_packages free - ${wanted} || exit 7`
    const list = "dpkg-query -W -f '${db:Status-Abbrev}${Package}\\n' | sed -n 's/^ii *//p' | sort >\"$W/list\""
    const task = { check: `${list}; return 1`, apply, timeout: 60 }
    const prelude = loadPrelude('debian')
    const events = await place.program(`${enter} ${shell}` as Shell, [task], { prelude }, { P_SH: shell }).run()
    const code = left === undefined ? 'apply 7' : 'recheck 1'
    expect(outline(events)[1], textOf(events, 'log', 't1')).toBe(`failed t1 ${code}`)
    if (left === undefined) expect(textOf(events, 'log', 't1')).toContain('remove is disabled')
    else expect(readFileSync(join(place.work, 'list'), 'utf8').split('\n').filter(Boolean)).toEqual(left)
  })
})
