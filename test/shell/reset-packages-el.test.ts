import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, type Place, type Shell, shells } from './harness.ts'

interface Package {
  readonly requires?: string
  readonly recommends?: string
  readonly suggests?: string
  /** What dnf says of why it is there. */
  readonly reason?: string
}

interface Case {
  readonly name: string
  readonly packages: Readonly<Record<string, Package>>
  readonly ours: readonly string[]
  readonly before?: readonly string[]
  readonly begun?: readonly string[]
  readonly removed: readonly string[]
  readonly stays?: readonly string[]
}

const along = { reason: 'dependency' }
const docker = {
  'docker-ce': { requires: 'containerd.io, (iptables or nftables)' },
  'containerd.io': { requires: 'runc', ...along },
}
const dockers = { ...docker, runc: along, iptables: along }
const all = ['containerd.io', 'docker-ce', 'iptables', 'runc']

const cases: readonly Case[] = [
  { name: 'ours go, with what they require', packages: dockers, ours: ['docker-ce'], removed: all },
  {
    name: 'what a package of the operator’s recommends stays, with all that needs',
    packages: {
      ...dockers,
      zabbix: { recommends: 'postgresql' },
      postgresql: { requires: 'postgresql-server', reason: 'weak-dependency' },
      'postgresql-server': along,
    },
    ours: ['docker-ce'],
    removed: all,
  },
  {
    name: 'what came along and is recommended or suggested by what stays, stays',
    packages: { ...dockers, tool: { recommends: 'runc' }, old: { suggests: 'iptables' } },
    ours: ['docker-ce'],
    removed: ['containerd.io', 'docker-ce'],
  },
  {
    name: 'what ours merely recommend, and what nothing wants, did not come with them',
    packages: { ...dockers, conntrack: { recommends: 'postgresql' }, postgresql: along, orphan: along },
    ours: ['docker-ce', 'conntrack'],
    removed: ['conntrack', ...all].sort(),
  },
  {
    name: 'what was there before, is weak, or is marked as the operator’s stays',
    packages: { ...docker, runc: {}, iptables: { reason: 'weak-dependency' }, nftables: along },
    ours: ['docker-ce'],
    before: ['nftables'],
    removed: ['containerd.io', 'docker-ce'],
  },
  {
    name: 'one of ours that a package of the operator’s needs stays, with all that it needs',
    packages: { ...dockers, chrony: {}, portainer: { requires: '(docker-ce or podman)' } },
    ours: ['docker-ce', 'chrony'],
    removed: ['chrony'],
    stays: ['docker-ce'],
  },
  {
    name: 'one of ours that is recommended stays where that came later, and goes where it was there before',
    packages: {
      chrony: { requires: 'runc' },
      runc: along,
      conntrack: {},
      systemd: { recommends: 'chrony', suggests: 'runc' },
      monitor: { recommends: 'conntrack' },
    },
    ours: ['chrony', 'conntrack'],
    before: ['systemd'],
    removed: ['chrony', 'runc'],
    stays: ['conntrack'],
  },
  {
    name: 'a reset that was cut short goes on with what it had begun with',
    packages: { runc: along, iptables: {}, orphan: along },
    ours: ['docker-ce'],
    begun: ['docker-ce', 'runc', 'iptables'],
    removed: ['runc'],
  },
]

describe.concurrent.each(shells)('under %s, on rpm, a reset', (shell) => {
  it.for(cases)('$name', (given, { place }) => {
    const { status, stdout, stderr } = ask(place, shell, given)
    expect(status, stderr).toBe(0)
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual(given.removed)
    expect(stderr.match(/(?<=^the package )\S+(?= stays)/gm) ?? []).toEqual(given.stays ?? [])
  })
})

/** Answers as rpm does, from a table NAME|REQUIRES|RECOMMENDS|SUGGESTS whose lists are divided by ", ". */
const rpm = `#!/bin/sh
case $* in
'-q --qf [%{REQUIRENAME}\\n] '*) shift 3; for each; do sed -n "s/^$each|\\([^|]*\\).*/\\1/p" "$TABLE" | sed 's/, /\\n/g'; done ;;
'-q --whatprovides '*) shift 4; for each; do cut -d '|' -f 1 "$TABLE" | grep -Fx -- "$each" || echo "no package provides $each"; done ;;
'-qa --qf [recommends '*) awk -F '|' '{ n = split($3, all, ", "); for (i = 1; i <= n; i++) print "recommends", $1, all[i] }' "$TABLE" ;;
'-qa --qf [suggests '*) awk -F '|' '{ n = split($4, all, ", "); for (i = 1; i <= n; i++) print "suggests", $1, all[i] }' "$TABLE" ;;
'-e --test --allmatches '*)
  shift 3
  awk -F '|' -v going=" $* " '
    { if (!index(going, " " $1 " ")) { there[$1]; wants[$1] = $2 } }
    END {
      for (name in wants) {
        n = split(wants[name], all, ", ")
        for (i = 1; i <= n; i++) {
          text = all[i]; gsub(/[()]/, "", text); m = split(text, words, " or "); met = 0
          for (j = 1; j <= m; j++) if (words[j] in there) met = 1
          if (!met) print "\\t" all[i] " is needed by (installed) " name "-1-1.noarch"
        }
      }
    }' "$TABLE" >&2
  ;;
'-q '*) cut -d '|' -f 1 "$TABLE" | grep -qFx -- "$2" ;;
*) echo "rpm $*: not known here" >&2; exit 1 ;;
esac
`

function ask(place: Place, shell: Shell, given: Case) {
  const [bin, run, ledger] = [join(place.root, 'bin'), join(place.root, 'run'), join(place.state, 'ledger')]
  for (const directory of [bin, run, join(ledger, 'package-set/all'), join(place.state, 'reset')])
    mkdirSync(directory, { recursive: true })
  const packages = Object.entries(given.packages)
  const table = packages.map(
    ([name, { requires = '', recommends = '', suggests = '' }]) => `${name}|${requires}|${recommends}|${suggests}\n`,
  )
  writeFileSync(join(place.root, 'table'), table.join(''))
  writeFileSync(
    join(place.root, 'reasons'),
    packages.map(([name, { reason = 'user' }]) => `${name} ${reason}\n`).join('\n'),
  )
  writeFileSync(join(bin, 'rpm'), rpm, { mode: 0o755 })
  writeFileSync(join(bin, 'dnf'), '#!/bin/sh\ncat "$REASONS"\n', { mode: 0o755 })
  writeFileSync(
    join(ledger, 'package-set/all/content'),
    ['base', ...(given.before ?? [])].map((name) => `${name}=0:1-1 -\n`).join(''),
  )
  for (const name of given.ours) {
    mkdirSync(join(ledger, 'package', name), { recursive: true })
    writeFileSync(join(ledger, 'package', name, 'meta'), `kind=package\nkey=${name}\nversion=absent\nhold=-\n`)
  }
  if (given.begun !== undefined)
    writeFileSync(join(place.state, 'reset/packages'), given.begun.map((name) => `${name}\n`).join(''))
  const settings = `P_STATE=${place.state} P_RUN=${run} P_TASK=t1 P_SNAPSHOT=0\nPATH=${bin}:$PATH`
  writeFileSync(
    join(run, 'program'),
    `${loadPrelude('el', ['reset'])}\n${settings}\npackages_to_remove; cat "$P_RUN/stays" >&2\n`,
  )
  const [command = '', ...words] = shell.split(' ')
  const env = { PATH: process.env.PATH, TABLE: join(place.root, 'table'), REASONS: join(place.root, 'reasons') }
  return spawnSync(command, [...words, '-eu', join(run, 'program')], { env, encoding: 'utf8' })
}
