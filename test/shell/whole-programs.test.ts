import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { casesOf, hosts, kubernetes, programOf } from '../unit/modules/programs.ts'

it.each(hosts)(
  'whole programs for $family pass shellcheck',
  (facts) => {
    const place = mkdtempSync(join(tmpdir(), 'provision-modules-'))
    try {
      const path = join(place, 'program')
      writeFileSync(
        path,
        programOf(
          { ...casesOf, ...kubernetes },
          facts,
          loadPrelude(facts.family, ['completions', 'corefile', 'helm', 'manifests', 'os-mirrors', 'reset', 'unpack']),
        ),
      )
      // Variables that only eval reads are beyond it. Style is a matter of the library's own files.
      const beyond = '--exclude=SC2034,SC2089,SC2090'
      expect(spawnSync('shellcheck', ['-s', 'sh', '-S', 'warning', beyond, path], { encoding: 'utf8' }).stdout).toBe('')
      for (const shell of [['dash'], ['bash', '--posix'], ['busybox', 'sh']]) {
        execFileSync(shell[0] as string, [...shell.slice(1), '-n', path])
      }
    } finally {
      rmSync(place, { recursive: true })
    }
  },
  5 * 60_000,
)
