import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { modules } from '../../src/modules/index.ts'
import type { Module, ModuleContext, TaskBody } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, outline, type Place, type Shell, shells, type TestTask, textOf } from './harness.ts'

const prelude = loadPrelude('debian', ['helm'])

function compile(word: string, args: unknown, id = 't1'): TaskBody {
  const module = modules[word] as Module
  const context = { id, isSecret: () => false, readFolder: () => new Map([['Chart.yaml', Buffer.from('name: own\n')]]) }
  return module.compile(module.schema.parse(args), context as unknown as ModuleContext)
}

const release = (more: object = {}) => ({ name: 'web', namespace: 'shop', chart: { folder: '/own' }, ...more })
const digest = /release_is shop web (\w+)/.exec(compile('helmRelease', release()).check)?.[1] ?? ''

/**
 * The API server and helm, in what they answer: `$W/records` holds what `kubectl get secrets` shows of releases, and
 * `$W/calls` is what they were asked.
 */
const fakes = `
  kubectl() {
    case " $* " in
    *' get secrets '*) echo 'get secrets' >>"$W/calls"; sed "s/DIGEST/${digest}/" "$W/records" ;;
    *' get namespace '*go-template*) cat "$W/namespace" 2>/dev/null || : ;;
    *' get namespace '*) [ ! -e "$W/namespace" ] || echo namespace/shop ;;
    *' apply '*) echo "apply $(sed -n 's/^kind: //p')" >>"$W/calls" ;;
    *' get Namespace.v1. '*) echo provision ;;
    *' api-resources '*) echo pods ;;
    *' delete '*) echo "delete $7" >>"$W/calls" ;;
    esac
  }
  helm() {
    shift 2
    case $1 in
    template) cat "$W/becomes" ;;
    get) cat "$W/was" ;;
    show) [ ! -e "$W/crds" ] || cat "$W/crds" ;;
    *)
      echo "helm $*" | sed "s|$P_RUN|RUN|g; s/DIGEST/${digest}/; s/${digest}/DIGEST/" >>"$W/calls"
      [ "$1" != upgrade ] || echo "shop r secret 1 1s web 9 deployed ${digest} 9" >"$W/records"
      [ "$1" != uninstall ] || sed -i "/ $2 /d" "$W/records"
      [ "$1" != rollback ] || echo 'shop r secret 1 1s web 5 deployed old 2' >>"$W/records"
      ;;
    esac
  }
`

function task(body: TaskBody): TestTask {
  const { parts, output: _, ...rest } = body
  return {
    ...rest,
    check: `${fakes}\n${body.check}`,
    apply: `${fakes}\n${body.apply}`,
    ...(body.diff === undefined ? {} : { diff: `${fakes}\n${body.diff}` }),
    ...(parts === undefined ? {} : { parts }),
  }
}

async function run(place: Place, shell: Shell, bodies: readonly TaskBody[], mode: 'apply' | 'check' = 'apply') {
  const program = place.program(shell, bodies.map(task), { prelude, mode })
  return program.run()
}

const calls = (place: Place) => {
  const file = join(place.work, 'calls')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

interface Case {
  readonly name: string
  readonly records: readonly string[]
  readonly sees: string
  readonly calls?: readonly string[]
}
const cases = parse(readFileSync(new URL('cases/helm.yaml', import.meta.url), 'utf8')) as {
  readonly states: readonly Case[]
  readonly manifests: readonly { name: string; was: string; becomes: string; diff: string; named: string }[]
}

describe.concurrent.each(shells)('a release under %s', (shell) => {
  it.for(cases.states)('$name', async ({ records, sees, calls: wanted }, { place }) => {
    writeFileSync(join(place.work, 'records'), records.map((line) => `${line}\n`).join(''))
    const events = await run(place, shell, [compile('helmRelease', release())])
    expect(outline(events).filter((line) => line !== 'start t1')).toEqual([
      `${sees}`,
      `end ${/failed/.test(sees) ? 'failed' : 'done'}`,
    ])
    expect(calls(place).filter((line) => line !== 'get secrets')).toEqual(wanted ?? [])
  })

  it('is asked for together with all others', async ({ place }) => {
    writeFileSync(join(place.work, 'records'), 'shop r secret 1 1s web 3 deployed DIGEST 3\n')
    const removed = compile('removedReleases', { keep: ['shop/web'] })
    const events = await run(place, shell, [removed, compile('helmRelease', release())])
    expect(outline(events)).toEqual(['ok t1', 'ok t2', 'end done'])
    expect(calls(place)).toEqual(['get secrets'])
  })

  it('goes with the namespace that was made for it, when it is no longer named', async ({ place }) => {
    const lines = [
      'shop r secret 1 1s web 3 deployed x 3',
      'shop r secret 1 1s theirs 1 deployed',
      'own r secret 1 1s kept 1 deployed y 1',
    ]
    for (const [namespace, gone] of [
      ['namespace', ['helm uninstall web -n shop --wait=watcher --timeout 300s', 'delete shop']],
      ['', ['helm uninstall web -n shop --wait=watcher --timeout 300s']],
    ] as const) {
      writeFileSync(join(place.work, 'calls'), '')
      writeFileSync(join(place.work, 'namespace'), namespace)
      writeFileSync(
        join(place.work, 'records'),
        lines
          .filter((line) => !line.includes('theirs'))
          .map((line) => `${line}\n`)
          .join(''),
      )
      const events = await run(place, shell, [compile('removedReleases', { keep: ['own/kept'] })])
      expect(outline(events)).toEqual(['start t1', 'changed t1', 'end done'])
      expect(calls(place).filter((line) => line !== 'get secrets')).toEqual(gone)
    }
  })

  it('leaves a namespace to the releases that are still there', async ({ place }) => {
    writeFileSync(join(place.work, 'namespace'), 'namespace')
    writeFileSync(
      join(place.work, 'records'),
      'shop r secret 1 1s web 3 deployed x 3\nshop r secret 1 1s theirs 1 deployed\n',
    )
    await run(place, shell, [compile('removedReleases', { keep: [] })])
    expect(calls(place).filter((line) => line !== 'get secrets')).toEqual([
      'helm uninstall web -n shop --wait=watcher --timeout 300s',
    ])
  })

  it('hands helm its files, and nothing secret by its command line', async ({ place }) => {
    writeFileSync(join(place.work, 'records'), '')
    const more = { values: { a: 1 }, secretValues: 'password: sesame-2048', wait: false, timeout: 60 }
    await run(place, shell, [compile('helmRelease', release(more))])
    const upgrade = calls(place).find((line) => line.startsWith('helm upgrade')) ?? ''
    expect(upgrade).toContain(' -f RUN/helm/t1/values -f RUN/helm/t1/secret ')
    expect(upgrade).not.toMatch(/--wait|--rollback/)
    expect(upgrade).toContain('--timeout 60s')
    expect(calls(place).join('\n')).not.toContain('sesame')
  })

  it('brings its definitions up to date before it', async ({ place }) => {
    writeFileSync(join(place.work, 'records'), '')
    writeFileSync(join(place.work, 'crds'), 'kind: CustomResourceDefinition\n')
    await run(place, shell, [compile('helmRelease', release())])
    expect(
      calls(place)
        .filter((line) => /apply|upgrade/.test(line))
        .map((line) => line.split(' ')[0]),
    ).toEqual(['apply', 'apply', 'helm'])
  })

  it.for(cases.manifests)('plan shows $name', async ({ was, becomes, diff, named }, { place }) => {
    writeFileSync(join(place.work, 'records'), 'shop r secret 1 1s web 3 deployed other 3\n')
    writeFileSync(join(place.work, 'was'), was)
    writeFileSync(join(place.work, 'becomes'), becomes)
    const shown = await run(place, shell, [compile('helmRelease', release())], 'check')
    expect(textOf(shown, 'diff', 't1').replace(/^.*\n/, '')).toBe(diff)
    const hidden = await run(place, shell, [compile('helmRelease', release({ secretValues: 'a: b' }))], 'check')
    expect(textOf(hidden, 'diff', 't1').replace(/^.*\n/, '')).toBe(named)
  })
})
