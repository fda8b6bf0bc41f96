import { describe, expect } from 'vitest'
import { placeTest as it, outline, shells, textOf } from './harness.ts'

/** A clock that is set on by 8 h each time somebody looks, or back. */
const clock = (sign: string) => `date() {
  n=$(cat "$W/looks" 2>/dev/null || echo 0)
  echo $((n + 1)) >"$W/looks"
  echo $((1000000000 ${sign} n * 28800))
}
`

describe.concurrent.each(shells)('under %s, while the clock is set', (shell) => {
  it.for(['+', '-'])('by %s8 h, what comes is waited for', async (sign, { place }) => {
    const comes = 'comes() { tries=$((${tries:-0} + 1)); [ "$tries" -ge 4 ]; }\n'
    const program = place.program(shell, [
      { check: '[ -e "$W/come" ]', apply: `${clock(sign)}${comes}wait_for 60 'what comes' comes\n: >"$W/come"` },
    ])
    expect(outline(await program.run())).toEqual(['start t1', 'changed t1', 'end done'])
  })

  it.for(['+', '-'])('by %s8 h, what never comes is given up, and told', async (sign, { place }) => {
    const program = place.program(shell, [
      { check: 'return 1', apply: `${clock(sign)}wait_for 1 'what never comes' false`, timeout: 15 },
    ])
    const events = await program.run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toMatch(/waiting for what never comes\nwaited [12] s for what never comes\n/)
  })

  it('what never comes says where its time is set, unless it is given up early', async ({ place }) => {
    const wait = (trouble: string, seconds: number) => ({
      check: 'return 1',
      apply: `W_LIMIT=$(limit_of t1); trouble() { ${trouble}; }; wait_while trouble ${seconds} 'the moon' false`,
      limitedBy: 'timeouts.ready',
    })
    const late = await place.program(shell, [wait('return 1', 1)]).run()
    expect(textOf(late, 'log', 't1')).toMatch(/waited [12] s for the moon \(timeouts\.ready in the inventory\)\n$/)
    const early = await place.program(shell, [wait('echo it is made of cheese', 600)]).run()
    expect(textOf(early, 'log', 't1')).toMatch(/waited \d+ s for the moon\nit is made of cheese\n$/)
  })

  const year = 365 * 24 * 3600
  it.for([
    { name: 'just now', noted: '$(($(date +%s) - 10))', reboots: false },
    { name: 'long ago', noted: `$(($(date +%s) - ${year}))`, reboots: true },
    { name: 'by a clock that was ahead', noted: `$(($(date +%s) + ${year}))`, reboots: true },
    { name: 'with nothing on disk, for a power cut', noted: '', reboots: true },
    { name: 'with something else', noted: 'x y', reboots: true },
  ])('a reboot that was noted $name', async ({ noted: note, reboots }, { place }) => {
    const noted = `printf %s "${note}" >"$P_STATE/reboot-m"`
    const program = place.program(shell, [
      { check: '[ -e "$W/asked" ]', apply: `: >"$W/asked"; ${noted}; owed m || reboot_not_in_vain m` },
    ])
    expect(outline(await program.run())).toEqual(
      reboots ? ['start t1', 'changed t1', 'end done'] : ['start t1', 'failed t1 apply 1', 'end failed'],
    )
  })
})
