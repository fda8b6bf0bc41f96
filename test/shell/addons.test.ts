import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, outline, shells } from './harness.ts'

const prelude = loadPrelude('debian', ['addons'])

/** What the API server answers, as shell, where it is asked in these words. The first that fits. */
type Answers = Readonly<Record<string, string>>

interface Case {
  readonly name: string
  /** As it is noted. */
  readonly object: string
  readonly answers: Answers
  readonly deleted: boolean
  readonly fails?: boolean
  readonly told?: string
}

const cases: readonly Case[] = [
  { name: 'ours, and alone', object: 'ConfigMap.v1. web config', answers: {}, deleted: true },
  { name: 'gone', object: 'ConfigMap.v1. web config', answers: { 'get ConfigMap': ':' }, deleted: false },
  {
    name: 'taken over by somebody',
    object: 'ConfigMap.v1. web config',
    answers: { 'get ConfigMap': 'echo Helm' },
    deleted: false,
    told: 'no longer belongs to provision',
  },
  { name: 'a claim', object: 'PersistentVolumeClaim.v1. web data', answers: {}, deleted: false, told: 'stays' },
  { name: 'an empty namespace', object: 'Namespace.v1. - web', answers: { 'get pods,': ':' }, deleted: true },
  {
    name: 'a namespace that holds something of somebody',
    object: 'Namespace.v1. - web',
    answers: { 'get pods,': 'echo " ConfigMap/theirs"' },
    deleted: false,
    told: 'it holds ConfigMap/theirs',
  },
  {
    name: 'a namespace of which nobody says what it holds',
    object: 'Namespace.v1. - web',
    answers: { 'get pods,': 'return 1' },
    deleted: false,
    fails: true,
  },
  {
    name: 'a namespace, where nobody says of which types there may be something',
    object: 'Namespace.v1. - web',
    answers: { 'api-resources': 'echo pods; return 1', 'get pods': ':' },
    deleted: false,
    fails: true,
  },
  {
    name: 'a definition with nothing of its kind',
    object: 'CustomResourceDefinition.v1.apiextensions.k8s.io - webs.example.com',
    answers: { 'get webs.example.com -A': ':' },
    deleted: true,
  },
  {
    name: 'a definition with objects',
    object: 'CustomResourceDefinition.v1.apiextensions.k8s.io - webs.example.com',
    answers: { 'get webs.example.com -A': 'echo web/one' },
    deleted: false,
    told: 'there are objects of it',
  },
  {
    name: 'a definition of which nobody says whether there are objects',
    object: 'CustomResourceDefinition.v1.apiextensions.k8s.io - webs.example.com',
    answers: { 'get webs.example.com -A': 'return 1' },
    deleted: false,
    fails: true,
  },
]

describe.concurrent.each(shells)('what an add-on was made of, under %s', (shell) => {
  it.for(cases)('$name', async ({ object, answers, deleted, fails, told }, { place }) => {
    const all: Answers = { delete: 'echo "$*" >>"$W/deleted"', 'api-resources': 'echo pods; echo secrets', ...answers }
    const lines = Object.entries(all).map(([words, answer]) => `*' ${words}'*) ${answer} ;;`)
    const apply = `
api() {
  case " $*" in
  ${lines.join('\n  ')}
  *' get '*) echo provision ;;
  esac
}
echo '${object}' | delete_objects
: >"$W/ended"`
    const events = await place.program(shell, [{ check: '[ -e "$W/ended" ]', apply }], { prelude }).run()
    expect(existsSync(join(place.work, 'deleted'))).toBe(deleted)
    expect(outline(events)).toContain(fails ? 'failed t1 apply 1' : 'changed t1')
    if (told !== undefined) expect(outline(events).join('\n')).toContain(told)
  })
})
