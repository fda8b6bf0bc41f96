import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { placeTest as it, outline, shells } from './harness.ts'

/** What `sync --version` prints, and how paths are handed to it. */
const programs: readonly (readonly [string, string])[] = [
  ['sync (GNU coreutils) 9.7', ''],
  ['sync (GNU coreutils) 8.30', ''],
  ['sync (uutils coreutils) 0.8.0', '-d '],
  ['sync (uutils coreutils) 0.2.2', '-d '],
  ['sync 0.0.30', '-d '],
  ['', ''],
]

describe.concurrent.each(shells)('under %s', (shell) => {
  it.for(programs)('the disk of a file is waited for, and no other, by %j', async ([version, option], { place }) => {
    const sync = `sync() {
      case $* in --version) printf '%s\\n' '${version}'; [ -n '${version}' ] ;; *) echo "$*" >>"$W/calls"; command -p sync "$@" ;; esac
    }
    `
    const path = join(place.work, 'a')
    const write = `${sync}put_text ${path} 644 "$(id -un)" "$(id -gn)" hello; to_disk ${place.work}`
    const program = place.program(shell, [{ check: `[ -e ${path} ]`, apply: write }])
    expect(outline(await program.run())).toEqual(['start t1', 'changed t1', 'end done'])
    const calls = readFileSync(join(place.work, 'calls'), 'utf8').trim().split('\n')
    expect(calls.at(0)).toMatch(new RegExp(`^${option}\\./new$`))
    expect(calls.at(-1)).toBe(`${option}${place.work}`)
  })
})
