import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { hintFor } from '../../src/views/hints.ts'
import { shells } from './harness.ts'

interface Case {
  readonly name: string
  /** The kubelet's part of the journal. */
  readonly journal: string
  /** What is told of it; null for nothing. */
  readonly says: string | null
  /** Whether it cannot come any more. */
  readonly vain: boolean
  /** A part of the hint that the operator gets with it. */
  readonly hint?: string
}

const cases: Case[] = parse(readFileSync(new URL('cases/kubelet.yaml', import.meta.url), 'utf8'))
const top = mkdtempSync(join(tmpdir(), 'provision-kubelet-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

/** Runs shell with the kubelet's words at hand; the journal is a file, and a second takes a hundredth. */
function run(shell: string, journal: string, text: string) {
  const root = mkdtempSync(join(top, 'host-'))
  writeFileSync(join(root, 'journal'), journal)
  const program = [
    loadPrelude('debian', ['kubelet']),
    `P_RUN=${root} P_TASK=t1`,
    `journalctl() { case "$*" in *--show-cursor*) echo '-- cursor: s=1;i=2' ;; *) cat ${root}/journal ;; esac; }`,
    'sleep() { command sleep "$(awk -v s="$1" "BEGIN { print s / 100 }")"; }',
    'crictl() { return 1; }',
    'set -eu',
    text,
  ]
  writeFileSync(join(root, 'program'), program.join('\n'))
  const [command = '', ...words] = shell.split(' ')
  return spawnSync(command, [...words, join(root, 'program')], { encoding: 'utf8', timeout: 20_000 })
}

describe.each(shells)('the kubelet, under %s', (shell) => {
  it.each(cases)('$name', ({ journal, says, vain, hint }) => {
    const { stdout, status } = run(shell, journal, 'kubelet_trouble')
    expect(stdout.trimEnd()).toBe(says ?? '')
    expect(status).toBe(vain ? 0 : 1)
    if (hint !== undefined) expect(hintFor(stdout)).toContain(hint)
  })

  const hopeless = cases.find(({ vain }) => vain)?.journal ?? ''
  it('who waits for it in vain is ended, and the reason comes last', () => {
    const { stderr, status } = run(shell, hopeless, 'watched command sleep 15')
    expect(status).toBe(143)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(cases[0]?.says)
  })

  it.each([0, 3])('whoever ends with status %i by itself has that status', (wanted) => {
    const { stderr, status } = run(shell, hopeless, `fails() { command sleep 0.05; return ${wanted}; }; watched fails`)
    expect(status).toBe(wanted)
    expect(stderr.includes('the kubelet has ended')).toBe(wanted !== 0)
  })

  it('what it waits for comes although the kubelet ended before', () => {
    const { status } = run(
      shell,
      cases.find(({ name }) => name.includes('twice'))?.journal ?? '',
      'watched command sleep 0.5',
    )
    expect(status).toBe(0)
  })

  it('a wait for it is over early, too', () => {
    const { stderr, status } = run(shell, hopeless, "wait_while kubelet_trouble 900 'the node' false")
    expect(status).toBe(1)
    expect(stderr).toMatch(/waited \d s for the node\n/)
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(cases[0]?.says)
  })
})
