import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { verify } from '../../src/modules/addons/verify.ts'
import { verifyAddon } from '../../src/modules/addons/verify-addon.ts'
import type { ModuleContext } from '../../src/modules/module.ts'
import { verifyNodes } from '../../src/modules/nodes/verify-nodes.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { hintFor } from '../../src/views/hints.ts'
import { placeTest as it, outline, shells, textOf } from './harness.ts'

interface Case {
  readonly name: string
  readonly word: 'verify' | 'verifyNodes' | 'verifyAddon'
  /** What the API server shows of nodes and pods of the system; see query_cluster. */
  readonly cluster: string
  /** What is wrong, as the API server knows it; see query_troubles. */
  readonly troubles?: string
  /** What has happened to pods; see query_events. */
  readonly events?: string
  /** Pods of the probe: phase, whether Ready, node. */
  readonly probes?: string
  readonly succeeds?: boolean
  /** Seconds after which it is given up: at most. */
  readonly gives_up?: number
  /** The last line that the operator is shown, and others among the last. */
  readonly last?: string
  readonly shows?: readonly string[]
  readonly hint?: string
}

const cases: Case[] = parse(readFileSync(new URL('cases/troubles.yaml', import.meta.url), 'utf8'))
const context: ModuleContext = {
  facts: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  id: 't1',
  mark: 'phase-t1',
  render: () => 'probe\n',
  readFile: () => Buffer.alloc(0),
  readFolder: () => new Map(),
  isSecret: () => false,
  absent: () => [],
  gathered: (name) => (name === 'joined' ? { cp1: '1', w1: '1' } : undefined),
  value: () => undefined,
  early: false,
  generate: () => '',
  clockOffset: 0,
}

const proof: ModuleContext = {
  ...context,
  render: (_template, { within } = {}) => `addon_ready ${within} traefik rollout status daemonset/traefik`,
}

/** The API server as kubectl shows it. A second takes a hundredth of one, on a clock that only the program reads. */
const world = ({ cluster, troubles = '', events = '', probes = '', succeeds = false }: Case) => `
t1_content() { echo probe; }
since_boot() { cat "$W/clock" 2>/dev/null || echo 100; }
sleep() { echo $(($(since_boot) + \${1%.*} + 1)) >"$W/clock"; }
query_cluster() { cat <<'P_END'
${cluster.trimEnd()}
P_END
}
query_troubles() { cat <<'P_END'
${troubles.replace(/\n$/, '')}
P_END
}
query_events() { cat <<'P_END'
${events.trimEnd()}
P_END
}
api_apply() { cat >/dev/null; }
api() {
  case "$*" in
  *'rollout status'* | *'wait daemonset'* | *'wait --for=condition=Ready'*) sleep 10; ${succeeds ? ':' : "echo 'error: timed out waiting for the condition' >&2; return 1"} ;;
  *'get pods -l app=probe'*) cat <<'P_END'
${probes.trimEnd()}
P_END
  ;;
  *'get nodes'*) query_cluster | sed -n 's/^node \\([^ ]* [^ ]* [^ ]*\\).*/\\1 false/p' ;;
  *logs*) echo '[pod/probe-1] DNS does not answer' ;;
  esac
}
`

describe.concurrent.each(shells)('what is wrong with a cluster, under %s', (shell) => {
  it.for(cases)('$name', async (given, { place }) => {
    const rest = { nodes: ['cp1', 'w1'], version: 'v1.36.3', probe: 'probe.ejs' }
    const bodies = {
      verify: () => verify.compile(verify.schema.parse({ ...rest, network: 'n' }), context),
      verifyNodes: () => verifyNodes.compile(verifyNodes.schema.parse(rest), context),
      verifyAddon: () =>
        verifyAddon.compile({ name: 'x', manifest: 'm', proof: 'p', nodes: ['cp1', 'w1'], within: 300 }, proof),
    }
    const body = bodies[given.word]()
    const apply = String(body.apply).replaceAll('/var/lib/provision/verified', '"$W/verified"')
    const program = place.program(
      shell,
      [
        {
          check: 'test -e "$W/verified" || test -e "$P_RUN/proven"',
          apply: `${world(given)}${apply}`,
          timeout: 60,
          limitedBy: 'timeouts.ready',
        },
      ],
      { prelude: loadPrelude('debian', ['addons']) },
    )
    const events = await program.run()
    const log = textOf(events, 'log', 't1').trimEnd().split('\n')
    if (given.succeeds) expect(outline(events).at(-2)).toBe('changed t1')
    else expect(log.at(-1)).toMatch(new RegExp(given.last ?? ''))
    expect(log.join()).not.toContain('timed out waiting for the condition')
    for (const line of given.shows ?? []) expect(log).toContain(line)
    if (given.hint !== undefined) expect(hintFor(log.join('\n'))).toContain(given.hint)
    const clock = Number(readFileSync(join(place.work, 'clock'), 'utf8')) - 100
    if (given.gives_up !== undefined) expect(clock).toBeLessThan(given.gives_up)
  })
})
