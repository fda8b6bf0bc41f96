import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, describe, expect } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

interface Case {
  readonly name: string
  readonly runs: string
  /** Kernels on disk, and whether they have the modules; nothing of one that has not. */
  readonly kernels: Readonly<Record<string, boolean>>
  readonly node?: boolean
  /** Packages that the repositories have. What is installed of a kernel's modules makes them appear. */
  readonly repository: readonly string[]
  /** Calls of dnf that succeeded. */
  readonly installed: readonly string[]
  readonly fails?: string
  /** Whether the host is to be rebooted afterwards. */
  readonly reboots?: boolean
}
const cases = parse(readFileSync(new URL('cases/kernel-modules.yaml', import.meta.url), 'utf8')) as readonly Case[]

/** Kernels are directories with a file in them; dnf installs what the repository has, all or nothing. */
const host = `uname() { cat "$ROOT/runs"; }
modinfo() {
  of=$(uname -r)
  [ "$1" != -k ] || of=$2
  [ -e "$P_MODULES/$of/br_netfilter" ]
}
rpm() { :; }
ledger() { :; }
ledger_packages() { :; }
query_packages() { :; }
dnf() {
  wanted=''
  for word in "$@"; do case $word in -* | install) ;; clean | expire-cache) return 0 ;; *) wanted="$wanted $word" ;; esac; done
  newest=$(cat "$ROOT/newest")
  for name in $wanted; do grep -qxF "$name" "$ROOT/repository" || { echo "No match for argument: $name" >&2; return 1; }; done
  echo "$wanted" >>"$ROOT/installed"
  for name in $wanted; do
    case $name in
    *-modules-extra-matched*) ;;
    *-modules-extra) mkdir -p "$P_MODULES/$newest"; : >"$P_MODULES/$newest/br_netfilter" ;;
    *-modules-extra-*) : >"$P_MODULES/\${name#*-modules-extra-}/br_netfilter" ;;
    esac
  done
}
`

const it = base.extend<{ root: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
  root: async ({}, use) => {
    const root = mkdtempSync(join(tmpdir(), 'provision-kernel-'))
    for (const directory of ['run', 'modules', 'etc/kubernetes', 'state'])
      mkdirSync(join(root, directory), { recursive: true })
    await use(root)
    rmSync(root, { recursive: true })
  },
})

describe.each(shells)('under %s', (shell) => {
  it.for(cases)('$name', ({ runs, kernels, node, repository, installed, fails, reboots = false }, { root }) => {
    const names = Object.keys(kernels)
    for (const [kernel, there] of Object.entries(kernels)) {
      mkdirSync(join(root, 'modules', kernel))
      if (there) writeFileSync(join(root, 'modules', kernel, 'br_netfilter'), '')
    }
    if (node) writeFileSync(join(root, 'etc/kubernetes/kubelet.conf'), '')
    const newest = repository
      .map((name) => /^kernel-(?:uek-)?modules-extra-(\d.*)$/.exec(name)?.[1])
      .find((one) => one !== undefined && one !== runs)
    writeFileSync(join(root, 'runs'), `${runs}\n`)
    writeFileSync(join(root, 'newest'), `${newest ?? names.at(-1)}\n`)
    writeFileSync(join(root, 'repository'), repository.map((name) => `${name}\n`).join(''))
    const settings = `P_SYS=${root}/sys P_PROC=${root}/proc P_MODULES=${root}/modules P_ETC=${root}/etc P_STATE=${root}/state`
    const script = `network_modules_or_reboot || install_network_modules || exit 1
    reboot_for_modules_done || echo reboot`
    const file = join(root, 'run/program')
    writeFileSync(file, `${loadPrelude('el')}\n${settings}\n${host}\n${script}\n`)
    const [command = '', ...words] = shell.split(' ')
    const ran = spawnSync(command, [...words, file], { env: { PATH: process.env.PATH, ROOT: root }, encoding: 'utf8' })
    const calls = existsSync(join(root, 'installed'))
      ? readFileSync(join(root, 'installed'), 'utf8').trim().split('\n')
      : []
    expect(calls.map((call) => call.trim())).toEqual(installed)
    if (fails === undefined) expect(ran.stdout).toBe(reboots ? 'reboot\n' : '')
    else expect(ran.stderr).toMatch(new RegExp(fails))
    expect(ran.status).toBe(fails === undefined ? 0 : 1)
  })
})
