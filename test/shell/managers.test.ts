import { execFile } from 'node:child_process'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { podLinks } from '../../src/variables/pod-links.ts'
import { shells } from './harness.ts'

// Hosts made of files, on which names, routes, swap, the clock or settings of the kernel have more managers than one.

interface Case {
  readonly name: string
  /** What is there; a value `-> TARGET` is a link. */
  readonly files?: Readonly<Record<string, string>>
  /** Programs that are not here, or would change this machine. */
  readonly commands?: Readonly<Record<string, string>>
  /** Functions of the library, under errexit. Whether it succeeds is its verdict. */
  readonly check: string
  /** Where the first check is to fail: what makes the next one succeed. */
  readonly apply?: string
  /** Part of what a check that fails says. */
  readonly says?: string
  /** What a note says. */
  readonly notes?: string
  /** Files afterwards; null where there must be none. */
  readonly after?: Readonly<Record<string, string | null>>
}

const cases: readonly Case[] = parse(readFileSync(new URL('cases/managers.yaml', import.meta.url), 'utf8'))

/** Places that are laid over those of this machine, where a case has something there. */
const places = [
  'etc',
  'run',
  'var/lib',
  'usr/lib/systemd',
  'usr/lib/sysctl.d',
  'usr/lib/modprobe.d',
  'proc/swaps',
  'proc/sys/kernel/osrelease',
]

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  if (text.startsWith('-> ')) symlinkSync(text.slice(3), join(root, path))
  else writeFileSync(join(root, path), text)
}

function script(given: Case, directory: string, root: string): string {
  return [
    loadPrelude('debian'),
    ...places
      .filter((place) => existsSync(join(root, place)))
      .map((place) => `mount --bind ${root}/${place} /${place} || exit 90`),
    `P_MODE=apply P_TASK=t1 P_SNAPSHOT=0 P_RUN=${directory}/run P_STATE=/var/lib/provision P_PENDING=/run/provision/pending`,
    `PATH=${directory}/bin:$PATH`,
    `LINKS='${podLinks.names}'`,
    `check() { (set -eu; ${given.check}\n); }`,
    `apply() { (set -eu; ${given.apply ?? 'exit 9'}\n); }`,
    ...(given.apply === undefined
      ? ['check']
      : [
          `check 2>${directory}/said && exit 91`,
          // Not as a condition: errexit would be off.
          'set +e',
          'apply',
          '[ $? -eq 0 ] || exit 92',
          'check || exit 93',
        ]),
  ].join('\n')
}

describe.concurrent.each(shells)('under %s', (shell) => {
  it.each(cases)('$name', async (given) => {
    const directory = mkdtempSync(join(tmpdir(), 'provision-managers-'))
    const root = join(directory, 'root')
    try {
      for (const each of ['run', 'bin', 'root/etc', 'root/run', 'root/var/lib/provision/ledger'])
        mkdirSync(join(directory, each), { recursive: true })
      for (const each of ['passwd', 'group']) copyFileSync(`/etc/${each}`, join(root, 'etc', each))
      symlinkSync(realpathSync('/usr/bin/awk'), join(directory, 'bin/awk')) // by way of /etc/alternatives
      for (const [path, text] of Object.entries(given.files ?? {})) write(root, path, text)
      for (const [name, text] of Object.entries({ systemctl: ':', ...given.commands })) {
        write(directory, `bin/${name}`, `#!/bin/sh\n${text}\n`)
        chmodSync(join(directory, 'bin', name), 0o755)
      }
      writeFileSync(join(directory, 'program'), script(given, directory, root))
      const call = ['-mu', ...shell.split(' '), join(directory, 'program')]
      const env = { PATH: process.env.PATH }
      const ran = await promisify(execFile)('unshare', call, { env, cwd: directory }).then(
        ({ stderr }) => ({ code: 0, stderr }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
      )
      const said = existsSync(join(directory, 'said')) ? readFileSync(join(directory, 'said'), 'utf8') : ran.stderr
      expect(ran.code, ran.stderr).toBe(given.apply === undefined && given.says !== undefined ? 1 : 0)
      if (given.says !== undefined) expect(said).toContain(given.says)
      const notes = join(directory, 'run/notes')
      expect(existsSync(notes) ? readFileSync(notes, 'utf8') : '').toContain(given.notes ?? '')
      for (const [path, text] of Object.entries(given.after ?? {})) {
        expect(existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null, path).toBe(text)
      }
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})
