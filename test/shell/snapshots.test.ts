import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, type Place, type Shell, shells, textOf } from './harness.ts'

/** Runs this script as the apply of a program's one task, which must succeed. */
async function succeeds(place: Place, shell: Shell, script: string): Promise<void> {
  const events = await place.program(shell, [{ check: '[ -e "$W/done" ]', apply: `${script}\n: >"$W/done"` }]).run()
  expect(outline(events), textOf(events, 'log', 't1')).toEqual(['start t1', 'changed t1', 'end done'])
}

describe.concurrent.each(shells)('what is asked for once, under %s', (shell) => {
  it.for([
    ['a', '0 644 root root x'],
    ['/etc/a*', '0 a glob'],
    ['empty', '0 '],
    ['b', '1 '],
    ['/etc/a', '1 '],
    ['', '1 '],
  ] as const)('lookup %s', async ([key, answer], { place }) => {
    const script = `listing="\${nl}a=644 root root x\${nl}/etc/a*=a glob\${nl}empty=\${nl}"
      status=0; lookup "$listing" '${key}' || status=$?; echo "$status $R" >"$W/answer"; lookup '' a || grep -qx '${answer}' "$W/answer"; ls / >/dev/null`
    await succeeds(place, shell, script)
  })

  it('the last of very many', async ({ place }) => {
    const script = `listing=$nl$(seq 1 5000 | sed 's/.*/file-&=644 root root &/')$nl
      lookup "$listing" file-5000; [ "$R" = '644 root root 5000' ]`
    await succeeds(place, shell, script)
  })

  it('files, and what is none', async ({ place }) => {
    writeFileSync(join(place.work, 'full'), 'x\n', { mode: 0o640 })
    writeFileSync(join(place.work, 'with blank'), '', { mode: 0o600 })
    symlinkSync('full', join(place.work, 'link'))
    mkdirSync(join(place.work, 'directory'))
    const script = `cd "$W"; query_files full gone directory link 'with blank' >answer
      sum() { sha256sum <"$1" | cut -d ' ' -f 1; }
      owner=$(stat -c '%U %G' full)
      printf '%s\\n' "full=640 $owner $(sum full)" 'directory=- - -' 'link=- - -' "with blank=600 $owner $(sum 'with blank')" >wanted
      diff wanted answer`
    await succeeds(place, shell, script)
  })

  it.for([
    ['an answer', 'echo so', 'P_SNAPSHOT=1', '0 so'],
    ['an answer that takes its time', 'sleep 0.3; echo so', 'P_SNAPSHOT=1', '0 so'],
    ['half an answer', 'echo half; exit 1', 'P_SNAPSHOT=1', '1'],
    ['no answer', ':', 'P_SNAPSHOT=1', '1'],
    ['an answer of before the last change', 'echo so', 'P_SNAPSHOT=0', '1'],
    ['what nobody asked', 'echo so', 'P_SNAPSHOT=1 P_ASKED=" "', '1'],
  ] as const)('asked ahead: %s', async ([, question, then, told], { place }) => {
    const script = `question() { ${question}; }
      ask_ahead it question
      ${then}
      status=0; answered it || status=$?
      [ "$status" != 0 ] || status="0 $(cat "$P_RUN/it")"
      [ "$status" = '${told}' ]`
    await succeeds(place, shell, script)
  })
})
