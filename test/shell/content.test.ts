import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { quote } from '../../src/shell/quote.ts'
import { placeTest as it, outline, type Place, shells, textOf } from './harness.ts'

const everyByte = Uint8Array.from({ length: 512 }, (_, index) => index % 256)
const contents: Record<string, string | Uint8Array> = {
  'plain text': 'one\ntwo\n',
  'what shells expand': '$HOME ${x} `id` $(id) \\ \\\\ "a" \'b\' !$ * ?\n\t\\n %s %%\n',
  'text without a last newline': 'no newline',
  nothing: '',
  'blank lines at the end': 'x\n\n\n',
  'carriage returns': 'a\r\nb\r\n',
  'other alphabets': '中文 ☃\n',
  'every byte': everyByte,
  'a very long line': `${'x'.repeat(200_000)}\n`,
  megabytes: `${'0123456789abcdef\n'.repeat(80_000)}`,
}

describe.concurrent.each(shells)('files under %s', (shell) => {
  const file = (place: Place, name: string) => join(place.work, name)
  const user = execFileSync('id', ['-un'], { encoding: 'utf8' }).trim()
  const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim()
  const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex')
  const write = (mode: string, content: string | Uint8Array) =>
    `ledger_file "$W/a"\nt1_content | write_file "$W/a" ${mode} ${user} ${group} ${sha256(content)}`

  it.for(Object.entries(contents))('a file is written byte for byte: %s', async ([, content], { place }) => {
    const program = place.program(shell, [{ check: '[ -e "$W/a" ]', apply: write('640', content), content }])
    expect(outline(await program.run())).toEqual(['start t1', 'changed t1', 'end done'])
    expect(Buffer.compare(readFileSync(file(place, 'a')), Buffer.from(content))).toBe(0)
    expect(statSync(file(place, 'a')).mode & 0o7777).toBe(0o640)
  })

  it('a file replaces a symbolic link, not what it leads to', async ({ place }) => {
    writeFileSync(file(place, 'other'), 'other\n')
    symlinkSync('other', file(place, 'a'))
    await place.program(shell, [{ check: '[ ! -L "$W/a" ]', apply: write('644', 'new\n'), content: 'new\n' }]).run()
    expect([readFileSync(file(place, 'a'), 'utf8'), readFileSync(file(place, 'other'), 'utf8')]).toEqual([
      'new\n',
      'other\n',
    ])
  })

  it('a directory is not replaced by a file, nor filled with one', async ({ place }) => {
    mkdirSync(file(place, 'a'))
    const events = await place
      .program(shell, [{ check: '[ -f "$W/a" ]', apply: write('644', 'new\n'), content: 'new\n' }])
      .run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toBe(`${file(place, 'a')} is a directory\n`)
    expect(existsSync(join(file(place, 'a'), '.a.provision'))).toBe(false)
  })

  it('a file that cannot be written whole is not put in its place', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'old\n')
    const content = `${'x'.repeat(99)}\n`.repeat(10_000)
    const apply = `ulimit -f 8\n${write('644', content)}`
    const program = place.program(shell, [{ check: 'return 1', apply, content }])
    expect(outline(await program.run())).toEqual(['start t1', expect.stringMatching(/^failed t1 apply/), 'end failed'])
    expect(readFileSync(file(place, 'a'), 'utf8')).toBe('old\n')
  })

  it('what a crash left beside a file is taken over', async ({ place }) => {
    writeFileSync(file(place, '.a.provision'), 'half', { mode: 0o666 })
    await place.program(shell, [{ check: '[ -e "$W/a" ]', apply: write('600', 'new\n'), content: 'new\n' }]).run()
    expect(readFileSync(file(place, 'a'), 'utf8')).toBe('new\n')
    expect(existsSync(file(place, '.a.provision'))).toBe(false)
  })

  const refusals = {
    'what a pipe brings without a digest': ['printf x | write_file "$W/a" 644', 'needs a digest'],
    'what is cut on its way': [
      `printf x | write_file "$W/a" 644 ${user} ${group} ${sha256('xy')} #`,
      'not arrive whole',
    ],
    'a file of two names': [
      'echo old >"$W/b"; ln -f "$W/b" "$W/a"; echo x >"$W/x"; write_file "$W/a" 644 <"$W/x"',
      'has 2 names (hard links)',
    ],
    'a place by way of a link that anybody could have put': [
      'mkdir -m 777 "$W/open"; mkdir "$W/theirs"; ln -s ../theirs "$W/open/l"; echo x >"$W/x"; write_file "$W/open/l/a" 644 <"$W/x"',
      'l is a symbolic link',
    ],
  } as const
  it.for(Object.entries(refusals))('%s is refused', async ([, [text, why]], { place }) => {
    writeFileSync(file(place, 'a'), 'old\n')
    const apply = text.replace(/ 644( <|$)/, ` 644 ${user} ${group}$1`)
    const events = await place.program(shell, [{ check: 'return 1', apply }]).run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toContain(why)
    expect([readFileSync(file(place, 'a'), 'utf8'), existsSync(file(place, 'theirs/a'))]).toEqual(['old\n', false])
  })

  it('a snapshot answers until something changes, and no longer', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'old\n')
    chmodSync(file(place, 'a'), 0o644)
    const is = (text: string) => `file_is "$W/a" 644 ${user} ${group} ${sha256(text)}`
    const tasks = [
      { check: is('old\n') },
      { check: '! file_state "$W/missing"' },
      { check: is('new\n'), apply: 'echo new >"$W/a"' },
      { check: is('new\n') },
    ]
    const program = place.program(shell, tasks, {
      prefetch: { files: [file(place, 'a'), file(place, 'missing')] },
    })
    expect(outline(await program.run())).toEqual(['ok t1', 'ok t2', 'start t3', 'changed t3', 'ok t4', 'end done'])
  })

  it('a snapshot tells regular files from all else', async ({ place }) => {
    mkdirSync(file(place, 'd'))
    symlinkSync('d', file(place, 'l'))
    writeFileSync(file(place, 'empty'), '')
    const check =
      'file_state "$W/d"; [ "$R" = "- - -" ] && file_state "$W/l"; [ "$R" = "- - -" ] && file_state "$W/empty" && [ "${#R}" -gt 64 ]'
    const files = ['d', 'l', 'empty'].map((name) => file(place, name))
    const program = place.program(shell, [{ check }], { prefetch: { files } })
    expect(outline(await program.run())).toEqual(['ok t1', 'end done'])
  })

  it('a diff shows what a file would become, in check mode and before a change', async ({ place }) => {
    writeFileSync(file(place, 'a'), 'one\ntwo\n')
    const task = {
      check: 'grep -q three "$W/a"',
      apply: write('644', 'one\nthree\n'),
      content: 'one\nthree\n',
      diff: 't1_content | diff_file "$W/a"',
    }
    const wanted = `--- ${file(place, 'a')}\n+++ ${file(place, 'a')}\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n`
    for (const mode of ['check', 'apply'] as const) {
      expect(textOf(await place.program(shell, [task], { mode }).run(), 'diff', 't1')).toBe(wanted)
    }
  })

  it('a diff is bounded', async ({ place }) => {
    const task = { check: 'return 1', diff: 'i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); echo "$i"; done' }
    const events = await place.program(shell, [task], { mode: 'check' }).run()
    expect(textOf(events, 'diff', 't1').trimEnd().split('\n')).toHaveLength(200)
  })

  it('quoted words arrive as they were', async ({ place }) => {
    const words = ["it's", '"', '$x `y` \\', 'a\nb', '', '-n', '*', '~', '#', '中', ' ']
    const check = `set -- ${words.map(quote).join(' ')}\nfor word in "$@"; do printf '%s\\0' "$word"; done >"$W/words"`
    await place.program(shell, [{ check }]).run()
    expect(readFileSync(file(place, 'words'), 'utf8').split('\0').slice(0, -1)).toEqual(words)
  })
})
