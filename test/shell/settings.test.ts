import { readFileSync } from 'node:fs'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, shells } from './harness.ts'

describe.concurrent.each(shells)('under %s', (shell) => {
  // A number below /proc/sys can be read only once: a shell that reads byte by byte sees its first digit.
  it('a kernel parameter of several digits is read whole', async ({ place }) => {
    const value = readFileSync('/proc/sys/kernel/pid_max', 'utf8').trim()
    const program = place.program(shell, [{ check: `sysctls_are kernel/pid_max ${value}`, apply: 'exit 9' }])
    expect(outline(await program.run())).toEqual(['ok t1', 'end done'])
  })
})
