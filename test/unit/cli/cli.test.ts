import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createProgram } from '../../../src/cli/program.ts'
import { runEventSchema } from '../../../src/events/run-event.ts'

const repository = resolve(import.meta.dirname, '../../..')
const directory = mkdtempSync(join(tmpdir(), 'cli-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const launcher = join(directory, 'provision')
symlinkSync(join(repository, 'bin/provision'), launcher)
writeFileSync(join(directory, 'bad.yaml'), 'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.1, rol: control-plane }\n')
writeFileSync(join(directory, 'good.yaml'), 'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.1, role: control-plane }\n')

writeFileSync(
  join(directory, 'ruled.yaml'),
  'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.1, role: control-plane, node: { interface: eth1 } }\n',
)

writeFileSync(
  join(directory, 'seen.yaml'),
  'cluster: lab\nhosts:\n  cp1: { address: 10.0.0.1, role: control-plane }\naddons: { headlamp: true }\n',
)

/** Through the launcher and a link to it, from another directory, as an operator would. */
function provision(...words: string[]) {
  return spawnSync(launcher, words, { cwd: directory, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

test.each([
  ['is not there', join(directory, 'none'), []],
  ['is somebody else’s', join(directory, 'of-somebody'), ['of-somebody']],
  ['is its own', join(directory, 'own'), ['.cache', 'own']],
])('the compile cache goes into a home that %s, or not', (_what, home, made) => {
  for (const name of ['of-somebody', 'own']) mkdirSync(join(directory, name), { recursive: true })
  if (process.getuid?.() === 0) chownSync(join(directory, 'of-somebody'), 12345, 12345)
  else if (home.endsWith('of-somebody')) return
  const { NODE_COMPILE_CACHE: _cache, XDG_CACHE_HOME: _xdg, ...env } = process.env
  const { status } = spawnSync(launcher, ['--version'], { cwd: directory, env: { ...env, HOME: home } })
  expect(status).toBe(0)
  const there = existsSync(home) ? [basename(home), ...readdirSync(home)].sort() : []
  expect(there).toEqual(made)
})

const cases: { words: string[]; status: number; stdout?: RegExp; stderr?: RegExp }[] = [
  { words: ['--version'], status: 0, stdout: /^\d+\.\d+\.\d+\n$/ },
  { words: ['remove', '--help'], status: 0, stdout: /^(?![\s\S]*default: false)[\s\S]*\(default:\s+5m\)/ },
  { words: ['--help'], status: 0, stdout: /Exit codes: 0 success.*\n[\s\S]*Examples:/ },
  { words: ['statsu'], status: 2, stderr: /^unknown command statsu\n {2}hint: did you mean status\?\n$/ },
  { words: ['--limt', 'w1'], status: 2, stderr: /unknown option '--limt'/ },
  { words: ['--output', 'xml'], status: 2, stderr: /Allowed choices are live, plain, json/ },
  { words: ['--concurrency', '0'], status: 2, stderr: /whole number/ },
  { words: ['--timeout', 'soon'], status: 2, stderr: /duration/ },
  { words: ['plan'], status: 2, stderr: /hosts\.yaml/ },
  { words: ['plan', '--inventory', 'bad.yaml'], status: 2, stderr: /bad\.yaml:3:\d+: [\s\S]*hint: / },
  {
    words: ['reset', '--inventory', 'good.yaml'],
    status: 2,
    stderr: /^1 host goes back to what it was: cp1: confirmation requires a terminal.*\n {2}hint: add --yes/,
  },
  {
    words: ['compile', '--host', 'cp1', '--system', 'debian-13', '--inventory', 'ruled.yaml'],
    status: 0,
    stdout: /ADDRESS=10\.0\.0\.1\n/,
    stderr: /^the address selected by node: is unknown .*: cp1; using the address for SSH\n$/,
  },
  { words: ['reset', '--limit', 'cp1', '--inventory', 'good.yaml'], status: 2, stderr: /list the hosts after reset/ },
  {
    words: ['reset', 'cp2', '--yes', '--inventory', 'good.yaml'],
    status: 2,
    stderr: /host cp2 is not in the inventory/,
  },
  {
    words: ['dashboard', '--inventory', 'good.yaml'],
    status: 2,
    stderr: /^\S*good\.yaml has no dashboard\n {2}hint: add addons: \{ headlamp: true \} to it/,
  },
  {
    words: ['dashboard', '--admin', '--inventory', 'seen.yaml'],
    status: 2,
    stderr: /^addons\.headlamp in .*seen\.yaml has no administrator login\n {2}hint: set headlamp: \{ admin: true \}/,
  },
  { words: ['dashboard', '--for', '5m'], status: 2, stderr: /write a duration from 10m to 24h/ },
  { words: ['dashboard', '--port', '65536'], status: 2, stderr: /write a port, 1 to 65535/ },
  { words: ['--inventory', 'bad.yaml', 'plan', 'now'], status: 2, stderr: /too many arguments/ },
]

test.each(cases)('provision $words', ({ words, status, stdout, stderr }) => {
  const run = provision(...words)
  expect(run.stdout).toMatch(stdout ?? /^$/)
  expect(run.stderr).toMatch(stderr ?? /^$/)
  expect(run.status).toBe(status)
})

test('wrong input as JSON: one line, as the schema says, with all problems', () => {
  const run = provision('plan', '--inventory', 'bad.yaml', '--output', 'json')
  expect(run.status).toBe(2)
  const event = runEventSchema.parse(JSON.parse(run.stdout))
  expect(event).toMatchObject({ kind: 'refused', exitCode: 2 })
  if (event.kind !== 'refused') throw new Error('unreachable')
  expect(event.problems[0]?.source).toMatchObject({ line: 3 })
  expect(event.problems[0]?.hint).toBeTruthy()
})

test('every command has an example under its help', () => {
  const program = createProgram()
  const without = program.commands.filter((command) => {
    let help = ''
    command.configureOutput({
      writeOut: (text) => {
        help += text
      },
    })
    command.outputHelp()
    return !command.name().startsWith('__') && !/\nExamples?:\n/.test(help)
  })
  expect(without.map((command) => command.name())).toEqual([])
})
