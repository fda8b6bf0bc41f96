import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import type { ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, outline, shells } from './harness.ts'

const prelude = loadPrelude('debian', ['manifests', 'corefile'])

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
    // Of kubectl what matters here: it calls the first word of KUBECTL_EXTERNAL_DIFF with two directories,
    // and then those of the others that are letters, digits, - and =.
    const check = `
      kubectl() {
        options=''
        for option in \${KUBECTL_EXTERNAL_DIFF#* }; do
          case $option in *[!A-Za-z0-9=-]*) ;; *) options="$options $option" ;; esac
        done
        \${KUBECTL_EXTERNAL_DIFF%% *} "$W/LIVE-1" "$W/MERGED-2" $options
      }
      api_diff </dev/null`
    const program = place.program(shell, [{ check, apply: ':' }], { prelude, mode: 'check' })
    expect(outline(await program.run())).toEqual([differs ? 'would-change t1' : 'ok t1', 'end done'])
  })
})

const nodes = ['cp1', 'w1']
  .map((name) => `apiVersion: v1\nkind: Node\nmetadata:\n  name: ${JSON.stringify(name)}\n`)
  .join('---\n')

interface Comer {
  readonly name: string
  /** Nodes that the API server has. */
  readonly there: readonly string[]
  /** Whether it is yet to be said who joins. */
  readonly early: boolean
  readonly differs: boolean
}

/** What is wanted of nodes holds for cp1 and w1, and is so on those that are there. */
const comers: readonly Comer[] = [
  { name: 'all there', there: ['cp1', 'w1'], early: false, differs: false },
  { name: 'all there, and more may join', there: ['cp1', 'w1'], early: true, differs: false },
  { name: 'one that has not joined', there: ['cp1'], early: false, differs: false },
  { name: 'one that may join', there: ['cp1'], early: true, differs: true },
]

describe.concurrent.each(shells)('nodes to come under %s', (shell) => {
  it.for(comers)('$name', async ({ there, early, differs }, { place }) => {
    const context = {
      id: 't1',
      early,
      render: () => nodes,
      isSecret: () => false,
    } as unknown as ModuleContext
    const words = {
      manifest: { template: 'nodes.ejs', existing: true },
      taints: { nodes: ['cp1', 'w1'].map((name) => ({ name, taints: [] })) },
    }
    for (const [word, args] of Object.entries(words)) {
      const module = modules[word]!
      const body = module.compile(module.schema.parse(args), context)
      // The API server, in what it answers to the two words.
      const check = `
        t1_content() { cat <<'P_NODES'\n${nodes}P_NODES\n}
        kubectl() {
          case " $* " in
          *' diff '*) mkdir "\${KUBECTL_EXTERNAL_DIFF##*=}/LIVE-1" "\${KUBECTL_EXTERNAL_DIFF##*=}/MERGED-1" ;;
          *' -o name '*) printf 'node/%s\\n' ${there.join(' ')} ;;
          *) printf 'taints %s ||\\n' ${there.join(' ')} ;;
          esac
        }
        (${body.check})
        status=$?
        [ ${word} != manifest ] || [ "$(grep -c '^kind:' "$P_RUN/existing.yaml")" = ${there.length} ] || exit 3
        exit "$status"`
      const program = place.program(shell, [{ check, apply: ':' }], { prelude, mode: 'check' })
      expect(outline(await program.run()), word).toEqual([differs ? 'would-change t1' : 'ok t1', 'end done'])
    }
  })
})

describe.concurrent.each(shells)('an API server on its way up, under %s', (shell) => {
  it.for([
    ['removedNodes', { inventory: ['cp1'] }],
    ['taints', { nodes: [{ name: 'cp1', taints: [] }] }],
    ['manifest', { template: 'nodes.ejs' }],
    ['corefile', { zones: [], forwarders: ['10.0.0.9'] }],
  ] as const)('is waited for by %s', async ([word, args], { place }) => {
    const context = { id: 't1', render: () => nodes, isSecret: () => false, gathered: () => ({}) }
    const module = modules[word]!
    const body = module.compile(module.schema.parse(args), context as unknown as ModuleContext)
    // Refuses until it has been asked ten times.
    const kubectl = `
      t1_content() { echo content; }
      kubectl() {
        echo >>"$W/asked"
        [ "$(wc -l <"$W/asked")" -gt 10 ] || { echo 'connection refused' >&2; return 1; }
        case " $* " in
        *' /readyz '*) echo ok ;;
        *' diff '*) mkdir "\${KUBECTL_EXTERNAL_DIFF##*=}/LIVE-1" "\${KUBECTL_EXTERNAL_DIFF##*=}/MERGED-1" ;;
        *' get configmap '*) printf '.:53 {\n    forward . 10.0.0.9\n}\n' ;;
        *' get '*) echo 'taints cp1 ||' ;;
        esac
      }`
    const program = place.program(shell, [{ check: `${kubectl}\n${body.check}`, apply: 'exit 1' }], { prelude })
    expect(outline(await program.run())).toEqual(['ok t1', 'end done'])
  })
})

/** Who is to serve Services, whether there is a kube-proxy (undefined: the API server does not answer), and what comes of it. */
const servers: readonly (readonly [string, boolean | undefined, number])[] = [
  ['kube-proxy', true, 0],
  ['kube-proxy', false, 1],
  ['kube-router', true, 1],
  ['kube-router', false, 0],
  ['kube-router', undefined, 2],
]

describe.concurrent.each(shells)('who serves Services, under %s', (shell) => {
  it.for(servers)('%s, and kube-proxy is there: %s', async ([wanted, there, status], { place }) => {
    const answer = there === undefined ? 'return 1' : there ? 'echo daemonset.apps/kube-proxy' : ':'
    const check = `kubectl() { ${answer}; }
      found=0; services_are_by ${wanted} || found=$?
      [ "$found" = ${status} ]`
    const program = place.program(shell, [{ check, apply: ':' }], { prelude, mode: 'check' })
    expect(outline(await program.run())).toEqual(['ok t1', 'end done'])
  })
})
