import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { loadPrelude } from '../../src/shell/load.ts'
import { quote } from '../../src/shell/quote.ts'
import { placeTest as it, outline, type Place, type Shell, shells } from './harness.ts'

interface Case {
  readonly name: string
  readonly given: string
  readonly with: string
  readonly without: string
}

const cases = parse(readFileSync(new URL('cases/corefile.yaml', import.meta.url), 'utf8')) as readonly Case[]
const prelude = loadPrelude('debian', ['corefile'])
const block = 'prod.internal:53 {\n    ours\n}'

describe.concurrent.each(shells)('a Corefile under %s', (shell) => {
  it.for(cases)('$name', async (given, { place }) => {
    expect(await made(place, shell, given.given, block)).toBe(given.with)
    expect(await made(place, shell, given.with, block)).toBe(given.with)
    expect(await made(place, shell, given.with, '')).toBe(given.without)
    expect(await made(place, shell, given.without, '')).toBe(given.without)
  })
})

async function made(place: Place, shell: Shell, given: string, wanted: string): Promise<string> {
  writeFileSync(join(place.work, 'given'), given)
  const apply = `with_stub prod.internal ${quote(wanted)} <"$W/given" >"$W/made"`
  rmSync(join(place.work, 'made'), { force: true })
  const program = place.program(shell, [{ check: '[ -e "$W/made" ]', apply }], { prelude })
  expect(outline(await program.run())).toEqual(['start t1', 'changed t1', 'end done'])
  return readFileSync(join(place.work, 'made'), 'utf8')
}
