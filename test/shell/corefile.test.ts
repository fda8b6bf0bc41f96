import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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
// The API server, as far as it keeps a Corefile.
const server = `api() {
  case $3 in
  get) cat "$W/Corefile" ;;
  patch) sed -n '/^    /s/^    //p' "$P_RUN/corefile.patch" >"$W/Corefile" ;;
  esac
}`
const block = 'prod.internal:53 {\n    ours\n}'

describe.concurrent.each(shells)('a Corefile under %s', (shell) => {
  it.for(cases)('$name', async (given, { place }) => {
    expect(await made(place, shell, given.given, block)).toBe(given.with)
    expect(await made(place, shell, given.with, block)).toBe(given.with)
    expect(await made(place, shell, given.with, '')).toBe(given.without)
    expect(await made(place, shell, given.without, '')).toBe(given.without)
  })

  it('of kubeadm, with zones and forwarders that come, change and go', async ({ place }) => {
    const kubeadm = cases[0]?.given ?? ''
    writeFileSync(join(place.work, 'Corefile'), kubeadm)
    const set = async (words: string) => {
      const task = { check: `${server}\ncorefile_is ${words}`, apply: `${server}\nset_corefile ${words}` }
      const run = () => place.program(shell, [task], { prelude }).run()
      expect(outline(await run())).toEqual(['start t1', 'changed t1', 'end done'])
      expect(outline(await run())).toEqual(['ok t1', 'end done'])
      return readFileSync(join(place.work, 'Corefile'), 'utf8')
    }
    const zone = (name: string, server: string) => `${name} ${quote(`${name}:53 {\n    forward . ${server}\n}`)}`
    const first = await set(`'10.0.0.1 10.0.0.2' ${zone('a.example', '10.0.0.8')} ${zone('b.example', '10.0.0.9')}`)
    expect(first).toContain('forward . 10.0.0.1 10.0.0.2 {\n')
    expect(first).toContain('a.example:53 {\n    forward . 10.0.0.8\n}\nb.example:53 {')
    const second = await set(`10.0.0.3 ${zone('b.example', '10.0.0.7')}`)
    expect(second).toContain('forward . 10.0.0.3 {\n')
    expect(second).toContain('b.example:53 {\n    forward . 10.0.0.7\n}')
    expect(second).not.toContain('a.example')
    expect(await set("''")).toBe(kubeadm)
    expect(existsSync(join(place.state, 'corefile'))).toBe(false)
  })
})

async function made(place: Place, shell: Shell, given: string, wanted: string): Promise<string> {
  writeFileSync(join(place.work, 'given'), given)
  const apply = `with_zone prod.internal ${quote(wanted)} <"$W/given" >"$W/made"`
  rmSync(join(place.work, 'made'), { force: true })
  const program = place.program(shell, [{ check: '[ -e "$W/made" ]', apply }], { prelude })
  expect(outline(await program.run())).toEqual(['start t1', 'changed t1', 'end done'])
  return readFileSync(join(place.work, 'made'), 'utf8')
}
