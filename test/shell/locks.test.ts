import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, describe, expect } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

interface Case {
  readonly name: string
  /** The plugin's list; without one the plugin is not there. */
  readonly list?: string
  readonly repositories?: Readonly<Record<string, string>>
  readonly held: readonly string[]
  readonly hold?: string
  readonly free?: string
}

const cases = parse(readFileSync(new URL('cases/locks.yaml', import.meta.url), 'utf8')) as readonly Case[]
const names = ['kubelet', 'docker-ce', 'docker-ce-cli']

/** What tools say that fail without a word in their exit code, and whether it is for another one's lock. */
const others: readonly (readonly [string, boolean])[] = [
  ['Transaction failed: Failed to obtain rpm transaction lock. Another transaction is in progress.', true],
  ["error: can't create transaction lock on /usr/lib/sysimage/rpm/.rpm.lock (Resource temporarily unavailable)", true],
  ['error: cannot get shared lock on /var/lib/rpm/.rpm.lock', true],
  ['error: cannot get exclusive lock on /usr/lib/sysimage/rpm/.rpm.lock', true],
  ['Transaction failed: Rpm transaction failed.', false],
  ['No match for argument: kubelet-1.36.3', false],
  ['Errors during downloading metadata for repository "docker"', false],
]

/** A host made of a few files, with an rpm that knows one package and a dnf that is locked as often as told. */
const it = base.extend<{ root: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern
  root: async ({}, use) => {
    const root = mkdtempSync(join(tmpdir(), 'provision-locks-'))
    for (const directory of ['bin', 'repos', 'plugins', 'run']) mkdirSync(join(root, directory))
    program(root, 'rpm', "echo 'kubelet-0:1.36.3-150500.1.1.*'")
    program(
      root,
      'dnf',
      `left=$(cat "$ROOT/locked"); [ "$left" != 0 ] || { echo "dnf $*"; exit; }; echo $((left - 1)) >"$ROOT/locked"; cat "$ROOT/says" >&2; exit "$(cat "$ROOT/fails")"`,
    )
    program(root, 'sleep', 'exit 0')
    writeFileSync(join(root, 'says'), '')
    writeFileSync(join(root, 'fails'), '200')
    await use(root)
    rmSync(root, { recursive: true })
  },
})

describe.each(shells)('under %s', (shell) => {
  const [command = '', ...words] = shell.split(' ')
  const start = (root: string, script: string, mode = '-eu') => {
    const file = join(root, 'run', 'program')
    const settings = `versionlock_list=${root}/plugins/versionlock.list; rpm_repositories=${root}/repos;`
    writeFileSync(file, `P_STATE=${root}/state\n${loadPrelude('el')}\nPATH=${root}/bin:$PATH\n${settings}\n${script}\n`)
    const env = { PATH: process.env.PATH, ROOT: root }
    return spawnSync(command, [...words, mode, file], { env, encoding: 'utf8' })
  }

  it.for(cases)('$name', ({ list, repositories, held, hold, free }, { root }) => {
    const path = join(root, 'plugins/versionlock.list')
    const begin = () => {
      if (list === undefined) return
      writeFileSync(join(root, 'plugins/versionlock.conf'), '')
      writeFileSync(path, list)
    }
    for (const [name, text] of Object.entries(repositories ?? {})) writeFileSync(join(root, 'repos', name), text)
    begin()
    const asked = start(root, `held_packages; for each in ${names.join(' ')}; do ! is_held $each || echo $each; done`)
    expect(asked.stderr).toBe('')
    expect(asked.stdout.trim().split('\n').filter(Boolean)).toEqual(held)
    for (const [verb, wanted] of [
      ['hold_packages', hold],
      ['unlock_packages', free],
    ] as const) {
      if (wanted === undefined) continue
      begin()
      expect(start(root, `${verb} kubelet`)).toMatchObject({ status: 0, stderr: '' })
      expect(readFileSync(path, 'utf8'), verb).toBe(wanted)
    }
  })

  it('refuses to hold what nothing holds', ({ root }) => {
    const { status, stderr } = start(root, 'hold_packages kubelet')
    expect(status).toBe(1)
    expect(stderr).toContain('nothing holds kubelet')
    expect(existsSync(join(root, 'plugins/versionlock.list'))).toBe(false)
  })

  it('waits for a dnf that is at work', ({ root }) => {
    writeFileSync(join(root, 'locked'), '3')
    const { status, stdout, stderr } = start(root, 'rpm_tool install x')
    expect([status, stdout]).toEqual([0, 'dnf -y --setopt=exit_on_lock=True install x\n'])
    expect(stderr.match(/waiting/g)).toHaveLength(3)
  })

  it.for(others)('waits where it says "%s"', ([text, waits], { root }) => {
    writeFileSync(join(root, 'locked'), '2')
    writeFileSync(join(root, 'says'), `${text}\n`)
    writeFileSync(join(root, 'fails'), '1')
    const { status, stderr } = start(root, 'rpm_tool install x')
    expect([status, stderr.split(text).length - 1]).toEqual(waits ? [0, 2] : [1, 1])
    expect(stderr.match(/waiting/g)?.length ?? 0).toBe(waits ? 2 : 0)
  })

  it.for(['+', '-'])('waits as long while the clock is set by %s1000 s a second', (sign, { root }) => {
    program(
      root,
      'date',
      `n=$(cat "$ROOT/n" 2>/dev/null || echo 0); echo $((n + 1)) >"$ROOT/n"; echo $((1000000 ${sign} n * 1000))`,
    )
    writeFileSync(join(root, 'locked'), '3')
    expect(start(root, 'rpm_tool install x')).toMatchObject({ status: 0 })
    writeFileSync(join(root, 'locked'), '99')
    expect(start(root, 'sleep() { command -p sleep 0.1; }\nP_LOCK_SECONDS=1; rpm_tool install x')).toMatchObject({
      status: 1,
    })
  })

  it('waits no longer than the deadline, and says for what', ({ root }) => {
    writeFileSync(join(root, 'locked'), '9')
    const { status, stderr } = start(root, 'P_LOCK_SECONDS=0; rpm_tool install x')
    expect(status).toBe(1)
    expect(stderr).toContain('another dnf has had its lock for 0 s')
  })
})

describe('the signing keys', () => {
  it('that dnf takes up are ours, also where we were killed', ({ root }) => {
    program(root, 'rpm', 'case $* in *--qf*) cat "$ROOT/keys" ;; *) cut -d " " -f 1 "$ROOT/keys" ;; esac')
    writeFileSync(join(root, 'keys'), 'gpg-pubkey-old-1 1700000000\n')
    const script = (body: string) => `mkdir -p $P_STATE/ledger; ${body}`
    const run = (body: string) => {
      const file = join(root, 'run', 'program')
      writeFileSync(file, `P_STATE=${root}/state\n${loadPrelude('el')}\nPATH=${root}/bin:$PATH\n${script(body)}\n`)
      return spawnSync('dash', ['-eu', file], { env: { PATH: process.env.PATH, ROOT: root }, encoding: 'utf8' })
    }
    const take = (name: string) => `echo "${name} $(date +%s)" >>"$ROOT/keys"`
    expect(run(`take() { ${take('gpg-pubkey-new-2')}; kill -KILL $$; }; with_keys take`).signal).toBe('SIGKILL')
    // A year later: what somebody else has imported since is none of ours.
    expect(
      run(`${take('gpg-pubkey-theirs-4')}; touch -d '1 year ago' "$P_STATE/rpm-keys"
      sed -i "s/\\(new-2\\) .*/\\1 $(($(date +%s) - 31536000))/" "$ROOT/keys"; note_keys`).status,
    ).toBe(0)
    expect(run(`take() { ${take('gpg-pubkey-new-3')}; return 3; }; with_keys take`).status).toBe(3)
    const entries = execFileSync('ls', [join(root, 'state/ledger/package')], { encoding: 'utf8' })
    expect(entries).toBe('gpg-pubkey-new-2\ngpg-pubkey-new-3\n')
    expect(existsSync(join(root, 'state/rpm-keys'))).toBe(false)
  })
})

function program(root: string, name: string, body: string): void {
  const file = join(root, 'bin', name)
  writeFileSync(file, `#!/bin/sh\n${body}\n`)
  chmodSync(file, 0o755)
}
