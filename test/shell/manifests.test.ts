import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, outline, shells } from './harness.ts'

const prelude = loadPrelude('debian', ['manifests'])

const node = (version: number, heard: string, labels: string, more = '') => `apiVersion: v1
kind: Node
metadata:
  labels:
${labels}
  name: w1
  resourceVersion: "${version}"
status:
  conditions:
  - lastHeartbeatTime: "${heard}"
${more}`

interface Case {
  readonly name: string
  /** Objects as kubectl finds them, and as they would be: by file name. */
  readonly live: Record<string, string>
  readonly merged: Record<string, string>
  readonly differs: boolean
}

const cases: readonly Case[] = [
  {
    name: 'the same',
    live: { w1: node(1, 'a', '    x: y') },
    merged: { w1: node(1, 'a', '    x: y') },
    differs: false,
  },
  {
    name: 'another status',
    live: { w1: node(1, 'a', '    x: y') },
    merged: { w1: node(2, 'b', '    x: y') },
    differs: false,
  },
  { name: 'a label', live: { w1: node(1, 'a', '    x: y') }, merged: { w1: node(1, 'a', '    x: z') }, differs: true },
  {
    name: 'what comes after the status',
    live: { w1: node(1, 'a', '    x: y', 'type: one\n') },
    merged: { w1: node(1, 'a', '    x: y', 'type: two\n') },
    differs: true,
  },
  {
    name: 'a status in a text',
    live: { c: 'data:\n  text: |\n    status: a\n' },
    merged: { c: 'data:\n  text: |\n    status: b\n' },
    differs: true,
  },
  { name: 'an object that is not there', live: {}, merged: { w1: node(1, 'a', '    x: y') }, differs: true },
  { name: 'nothing', live: {}, merged: {}, differs: false },
]

describe.concurrent.each(shells)('what kubectl diff finds under %s', (shell) => {
  it.for(cases)('$name', async ({ live, merged, differs }, { place }) => {
    for (const [side, objects] of Object.entries({ 'LIVE-1': live, 'MERGED-2': merged })) {
      mkdirSync(join(place.work, side))
      for (const [name, text] of Object.entries(objects)) writeFileSync(join(place.work, side, name), text)
    }
    // Of kubectl what matters here: it calls the first word of KUBECTL_EXTERNAL_DIFF with two directories, and then the others.
    const check = `
      kubectl() { \${KUBECTL_EXTERNAL_DIFF%% *} "$W/LIVE-1" "$W/MERGED-2" \${KUBECTL_EXTERNAL_DIFF#* }; }
      kubectl_diff -f - </dev/null`
    const program = place.program(shell, [{ check, apply: ':' }], { prelude, mode: 'check' })
    expect(outline(await program.run())).toEqual([differs ? 'would-change t1' : 'ok t1', 'end done'])
  })
})
