import { describe, expect } from 'vitest'
import { placeTest as it, outline, shells, textOf } from './harness.ts'

// containerd's ctr 2.x, of a pull that went well.
const harmless = 'time="2026-11-29T12:00:00Z" level=error msg="active check failed" error="context canceled"'

describe.concurrent.each(shells)('images under %s', (shell) => {
  it.for([
    { name: 'that come', status: 0, says: [harmless], shown: ['pulling r/x:1', 'r/x:1 is here'] },
    {
      name: 'that do not',
      status: 7,
      says: [harmless, 'ctr: r/x:1: not found', harmless],
      shown: ['pulling r/x:1', 'ctr: r/x:1: not found'],
    },
  ])('$name: what ctr says of its own looks is no error', async ({ status, says, shown }, { place }) => {
    const program = place.program(shell, [
      {
        check: '[ -e "$W/done" ]',
        apply: `ctr() { echo 'elapsed: 0.1 s'; ${says.map((line) => `echo '${line}' >&2`).join('; ')}; return ${status}; }
        pull_image containerd r/x:1; status=$?
        echo "status $status" >&2
        exit 9`,
      },
    ])
    const events = await program.run()
    expect(outline(events).at(-2)).toBe(`failed t1 apply ${status === 0 ? 9 : status}`)
    const log = textOf(events, 'log', 't1').trim().split('\n')
    if (status === 0) expect(log).toEqual([...shown, 'status 0'])
    else expect(log.slice(0, shown.length)).toEqual(shown)
  })
})
