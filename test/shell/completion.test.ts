import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const repository = resolve(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'completion-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
writeFileSync(
  join(directory, 'hosts.yaml'),
  'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.1, role: control-plane }\n  w1: { address: 10.0.0.2, role: worker }\n',
)

/** What bash itself offers after the words, asked through the script that we print. */
function bash(...words: string[]): string[] {
  const script = `
    source <(provision completion bash)
    COMP_WORDS=(provision "$@") COMP_CWORD=$#
    _provision
    printf '%s\\n' "\${COMPREPLY[@]}"
  `
  const run = spawnSync('bash', ['-c', script, 'bash', ...words], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(repository, 'bin')}:${process.env.PATH}` },
  })
  expect(run.stderr).toBe('')
  return run.stdout.trimEnd().split('\n')
}

test.each([
  { words: ['pl'], offered: ['plan'] },
  { words: ['--output', ''], offered: ['live', 'plain', 'json'] },
  { words: ['plan', '--limit', 'cp1,w'], offered: ['cp1,w1'] },
])('bash completes $words', ({ words, offered }) => {
  expect(bash(...words)).toEqual(offered)
})
