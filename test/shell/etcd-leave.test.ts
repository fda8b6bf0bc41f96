import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { etcdLeave } from '../../src/modules/etcd/etcd-leave.ts'
import type { ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

const top = mkdtempSync(join(tmpdir(), 'provision-etcd-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

interface Case {
  readonly name: string
  /** Members that are well, of cp1 to cp3. */
  readonly well: readonly string[]
  /** How often etcd refuses to remove a member before it agrees. */
  readonly refusals: number
  /** Ids that etcd was asked to remove. */
  readonly asked: readonly string[]
  readonly says: string
}

const cases: readonly Case[] = [
  { name: 'all well', well: ['cp1', 'cp2', 'cp3'], refusals: 0, asked: ['c3'], says: 'cp3 is no member any more' },
  {
    name: 'one has just come back',
    well: ['cp1', 'cp2', 'cp3'],
    refusals: 2,
    asked: ['c3', 'c3', 'c3'],
    says: 'cp3 is no member any more',
  },
  {
    name: 'refused for good',
    well: ['cp1', 'cp2', 'cp3'],
    refusals: 99,
    asked: ['c3', 'c3', 'c3'],
    says: 'waited 30 s for etcd to let cp3 go: Error: etcdserver: unhealthy cluster',
  },
  { name: 'no majority left', well: ['cp1', 'cp3'], refusals: 0, asked: [], says: 'etcd would lose its majority' },
]

describe.each(shells)('%s', (shell) => {
  test.each(cases)('a member leaves etcd: $name', ({ well, refusals, asked, says }) => {
    const root = mkdtempSync(join(top, 'host-'))
    mkdirSync(join(root, 'etcd'))
    mkdirSync(join(root, 'run'))
    const names = ['cp1', 'cp2', 'cp3']
    const list = names.map(
      (name, at) => `c${at + 1}, started, ${name}, https://${name}:2380, https://${name}:2379, false`,
    )
    const healthy = well.map((name) => `https://${name}:2379 is healthy: successfully committed proposal`)
    const fake = `#!/bin/sh
      case "$*" in
      *'member list') printf '%s\\n' '${list.join("' '")}' ;;
      *'endpoint health --cluster') printf '%s\\n' '${healthy.join("' '")}' ;;
      *'member remove '*)
        for id in "$@"; do :; done
        echo "$id" >>${root}/asked
        [ "$(wc -l <${root}/asked)" -gt ${refusals} ] || { echo 'Error: etcdserver: unhealthy cluster' >&2; exit 1; } ;;
      esac\n`
    writeFileSync(join(root, 'etcd/etcdctl'), fake, { mode: 0o755 })
    const body = etcdLeave.compile(etcdLeave.schema.parse({ members: ['cp3'], present: false }), {} as ModuleContext)
    const text = [
      loadPrelude('debian'),
      `P_RUN=${root}/run P_TASK=t1`,
      'say() { echo "$*"; }',
      // Every look at the clock takes ten seconds.
      `since_boot() { echo >>${root}/clock; echo $(($(wc -l <${root}/clock) * 10)); }`,
      'sleep() { :; }',
      'set -eu',
      String(body.apply).replaceAll('/var/lib/provision/', `${root}/`),
    ].join('\n')
    writeFileSync(join(root, 'program'), text)
    const [command = '', ...words] = shell.split(' ')
    const { status, stdout } = spawnSync(command, [...words, join(root, 'program')], { encoding: 'utf8' })
    expect(stdout).toContain(says)
    expect(status === 0).toBe(says.endsWith('no member any more'))
    const calls = existsSync(join(root, 'asked')) ? readFileSync(join(root, 'asked'), 'utf8') : ''
    expect(calls.split('\n').filter(Boolean)).toEqual(asked)
  })
})
