import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { makeAptHost } from './apt-host.ts'
import { placeTest as it, outline, type Place, type Shell, shells, textOf } from './harness.ts'

/** What is held by another process, by the path of its lock, and what is done meanwhile. */
const cases: readonly (readonly [what: string, lock: string, run: string])[] = [
  ['lists', 'var/lib/apt/lists/lock', 'apt_update'],
  ['lists of one repository', 'var/lib/apt/lists/lock', 'refresh_repository x 60'],
  ['lists when a repository is set', 'var/lib/apt/lists/lock', 'set_repository x "$W/key" <"$W/list"'],
  ['fetched packages', 'var/cache/apt/archives/lock', 'apt_get clean'],
  ['dpkg, by apt', 'var/lib/dpkg/lock-frontend', 'apt_get -f install'],
  ['dpkg, by itself', 'var/lib/dpkg/lock-frontend', 'while_locked select_packages hold x'],
  ["dpkg's database", 'var/lib/dpkg/lock', 'while_locked select_packages hold x'],
  ['dpkg, when it was interrupted', 'var/lib/dpkg/lock-frontend', ': >/var/lib/dpkg/updates/0001; apt_repair'],
]
const shellOf = (index: number) => shells[index % shells.length] as Shell

/** Holds a lock as apt and dpkg do, until it is let go. */
async function hold(file: string): Promise<() => void> {
  const script =
    'use Fcntl; open my $f, ">>", $ARGV[0] or die; my $l = pack "s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0; ' +
    'fcntl $f, F_SETLK, $l or die; $| = 1; print "held"; <STDIN>'
  const holder = spawn('perl', ['-e', script, file])
  await new Promise((resolve, reject) => {
    holder.stdout.once('data', resolve)
    holder.once('exit', reject)
  })
  return () => holder.stdin.end()
}

function program(place: Place, shell: Shell, run: string, seconds: string) {
  const { enter } = makeAptHost(join(place.root, 'host'))
  writeFileSync(join(place.work, 'key'), '-----BEGIN PGP PUBLIC KEY BLOCK-----\n')
  writeFileSync(join(place.work, 'list'), '')
  // Nothing but locks is waited for.
  const fakes = 'retry() { shift 2; "$@"; }'
  const task = { check: '[ -e "$W/done" ]', apply: `${run}\n: >"$W/done"`, timeout: 60 }
  const env = { P_SH: shell, P_LOCK_SECONDS: seconds }
  return place.program(`${enter} ${shell}` as Shell, [task], { prelude: `${loadPrelude('debian')}\n${fakes}` }, env)
}

describe.concurrent('a lock of', () => {
  it.for(cases.map((given, index) => [...given, index] as const))(
    '%s is waited for',
    { timeout: 60_000 },
    async ([, lock, run, index], { place }) => {
      const begun = program(place, shellOf(index), run, '60')
      const letGo = await hold(join(place.root, 'host', lock))
      setTimeout(letGo, 4000)
      const from = Date.now()
      const events = await begun.run()
      expect(outline(events), textOf(events, 'log', 't1')).toContain('changed t1')
      expect(Date.now() - from).toBeGreaterThan(4000)
    },
  )

  it.for(cases.map((given, index) => [...given, index + 1] as const))(
    '%s is given up in time',
    { timeout: 60_000 },
    async ([, lock, run, index], { place }) => {
      const begun = program(place, shellOf(index), run, '1')
      const letGo = await hold(join(place.root, 'host', lock))
      const events = await begun.run()
      letGo()
      expect(outline(events)).toEqual(['start t1', expect.stringMatching(/^failed t1 apply/), 'end failed'])
      expect(textOf(events, 'log', 't1')).toMatch(/has had its lock for 1 s|Unable to acquire the dpkg frontend lock/)
    },
  )
})
