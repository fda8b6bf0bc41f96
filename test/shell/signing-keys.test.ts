import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { ModuleContext } from '../../src/modules/module.ts'
import { repository } from '../../src/modules/packages/repository.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { makeAptHost } from './apt-host.ts'
import { placeTest as it, outline, type Shell, shells, type TestTask, textOf } from './harness.ts'

// Real keys, a real repository behind a real server, and the machine's own apt, with directories of its own.

interface Step {
  /** What the publisher serves from here on: `lists` is the key that signs, the others which key is at which address. */
  readonly serves?: { lists?: string; key?: string; newer?: string }
  /** What happens on the host meanwhile. */
  readonly meanwhile?: string
  readonly plan?: string
  readonly apply?: string
  readonly notes?: readonly string[]
  readonly sees?: string
}
interface Case {
  readonly name: string
  readonly mirrors?: true
  readonly pinned?: string
  readonly steps: readonly Step[]
}

const cases = parse(readFileSync(new URL('cases/signing-keys.yaml', import.meta.url), 'utf8')) as readonly Case[]
const directory = mkdtempSync(join(tmpdir(), 'provision-keys-'))
const keys = join(directory, 'keys')
let server: Server
let base: string

/** Where each case finds what its publisher serves: the first part of a path is the case's own. */
const served = new Map<string, { lists: string; key: string; newer: string }>()

function gpg(at: string | undefined, ...words: readonly string[]): void {
  const faked = at === undefined ? [] : ['--faked-system-time', at]
  const common = ['--homedir', join(directory, 'home'), '--batch', '--quiet', '--yes', '--passphrase', '']
  execFileSync('gpg', [...common, ...faked, ...words], { stdio: ['ignore', 'pipe', 'ignore'] })
}

/** As gpg itself lists them: lines "ID END", in order of their IDs. */
function listed(file: string): string[] {
  const text = execFileSync('gpg', ['--homedir', join(directory, 'home'), '--show-keys', '--with-colons', file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return text.split(/^(?=pub:)/m).flatMap((key) => {
    const rows = key.split('\n').map((line) => line.split(':'))
    const [own, ...parts] = rows.filter(([kind]) => kind === 'pub' || kind === 'sub')
    if (own?.[0] !== 'pub') return []
    // A primary key that does not sign itself is good for as long as the part that does.
    const signs = own[11]?.includes('s') ? own : (parts.find((part) => part[11]?.includes('s')) ?? own)
    return [`${own[4]?.toLowerCase()} ${signs[6] || 0}`]
  })
}

function exportKey(user: string, name: string): void {
  gpg(undefined, '--armor', '--output', join(keys, `${name}.asc`), '--export', user)
}

function fingerprint(user: string): string {
  const words = ['--homedir', join(directory, 'home'), '--list-keys', '--with-colons', user]
  const text = execFileSync('gpg', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  return /^fpr:+([0-9A-F]+)/m.exec(text)?.[1] as string
}

/** A flat repository without packages, signed by a key at a time. */
function sign(user: string, name: string, at?: string): void {
  const place = join(directory, 'lists', name)
  mkdirSync(place, { recursive: true })
  writeFileSync(join(place, 'Packages'), '')
  const sum = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
  writeFileSync(
    join(place, 'Release'),
    `Origin: test\nDate: Fri, 01 Mar 2024 00:00:00 UTC\nSHA256:\n ${sum} 0 Packages\n`,
  )
  gpg(at, '--local-user', user, '--clearsign', '--output', join(place, 'InRelease'), join(place, 'Release'))
}

beforeAll(async () => {
  mkdirSync(keys)
  mkdirSync(join(directory, 'home'), { mode: 0o700 })
  // One whose end was moved: as it was, and as it is.
  gpg('20240101T000000', '--quick-generate-key', 'a@example.com', 'ed25519', 'sign', '20240601T000000')
  exportKey('a@example.com', 'ended')
  sign('a@example.com', 'ended', '20240301T000000')
  gpg('20240201T000000', '--quick-set-expire', fingerprint('a@example.com'), '50y')
  exportKey('a@example.com', 'renewed')
  sign('a@example.com', 'renewed')
  gpg(undefined, '--quick-generate-key', 'b@example.com', 'ed25519', 'sign', 'never')
  exportKey('b@example.com', 'other')
  sign('b@example.com', 'other')
  writeFileSync(join(keys, 'page.asc'), '<html>')
  // Of other kinds: with a subkey that signs and lives shorter, and revoked.
  gpg(undefined, '--quick-generate-key', 'c@example.com', 'rsa2048', 'cert', '3y')
  gpg(undefined, '--quick-add-key', fingerprint('c@example.com'), 'rsa2048', 'encr', 'never')
  exportKey('c@example.com', 'cannot-sign')
  gpg(undefined, '--quick-add-key', fingerprint('c@example.com'), 'rsa2048', 'sign', '1y')
  exportKey('c@example.com', 'subkey')
  gpg(undefined, '--quick-generate-key', 'd@example.com', 'dsa2048', 'sign', '20500101T000000')
  exportKey('d@example.com', 'late')
  const revocation = join(directory, 'home/openpgp-revocs.d', `${fingerprint('d@example.com')}.rev`)
  writeFileSync(join(directory, 'revocation'), readFileSync(revocation, 'utf8').replace(/^:/m, ''))
  gpg(undefined, '--import', join(directory, 'revocation'))
  exportKey('d@example.com', 'revoked')
  const both = ['ended', 'other'].map((name) => readFileSync(join(keys, `${name}.asc`), 'utf8'))
  writeFileSync(join(keys, 'two.asc'), both.join(''))
  writeFileSync(join(keys, 'windows.asc'), both[1]?.replaceAll('\n', '\r\n') as string)
  gpg(undefined, '--output', join(keys, 'binary.asc'), '--export', 'a@example.com', 'c@example.com')
  server = createServer((request, response) => {
    const [, own = '', kind = '', file = ''] = (request.url ?? '').split('/')
    const what = served.get(own)
    const path =
      kind === 'lists'
        ? join(directory, 'lists', what?.lists ?? 'none', file)
        : join(keys, `${(kind === 'newer' ? what?.newer : what?.key) ?? 'none'}.asc`)
    response.statusCode = existsSync(path) ? 200 : 404
    response.end(existsSync(path) ? readFileSync(path) : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server?.close()
  execFileSync('gpgconf', ['--homedir', join(directory, 'home'), '--kill', 'all'])
  rmSync(directory, { recursive: true, force: true })
})

function taskOf(given: Case, own: string): TestTask {
  const place = (path: string) => ({
    url: `${base}/${own}/${path}/`,
    keyUrl: `${base}/${own}/key/`,
    renewedKeyUrls: [`${base}/${own}/newer/`],
  })
  const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
  const dead = { url: 'http://127.0.0.1:9/', keyUrl: 'http://127.0.0.1:9/key' }
  const first = given.mirrors ? { ...dead, others: [place('lists')] } : place('lists')
  const args = { name: 'test', suite: '/', ...first }
  const body = repository.compile(repository.schema.parse(args), { facts, id: 't1' } as ModuleContext)
  return { ...body, output: undefined, timeout: 60 } as TestTask
}

// Each case under one of the shells, in turn: apt takes its time.
describe.concurrent('signing keys', () => {
  it.for(cases.map((given, index) => ({ ...given, index })))('$name', async (given, { place }) => {
    const shell = shells[given.index % shells.length] as Shell
    const host = makeAptHost(join(place.root, 'host'))
    const own = `case-${given.index}`
    served.set(own, { lists: 'renewed', key: 'renewed', newer: 'none' })
    const env = { P_SH: shell, KEYS: keys }
    const inside = `${host.enter} ${shell}` as Shell
    // Without patience for what is not going to come.
    const prelude = `${loadPrelude('debian')}\nretry() { shift 2; "$@"; }`
    const run = async (mode: 'apply' | 'check', task: TestTask) => {
      const prefetch = { files: (task as { prefetch?: { files?: string[] } }).prefetch?.files ?? [] }
      return place.program(inside, [task], { mode, prefetch, prelude }, env).run()
    }
    for (const [at, step] of given.steps.entries()) {
      Object.assign(served.get(own) as object, step.serves)
      if (step.meanwhile !== undefined) {
        const ran = await run('apply', { check: '[ -e "$P_RUN/done" ]', apply: `${step.meanwhile}\n: >"$P_RUN/done"` })
        expect(outline(ran), `step ${at}: ${textOf(ran, 'log', 't1')}`).toContain('changed t1')
      }
      if (step.plan !== undefined) {
        const planned = await run('check', taskOf(given, own))
        const [what, why] = step.plan.split(': ')
        expect(outline(planned), `step ${at}: plan`).toContain(`${what} t1`)
        expect(textOf(planned, 'diff', 't1'), `step ${at}: plan`).toContain(why ?? '')
      }
      if (step.apply !== undefined) {
        const applied = await run('apply', taskOf(given, own))
        const [what, why] = step.apply.split(': ')
        const log = textOf(applied, 'log', 't1')
        expect(outline(applied).join('\n'), `step ${at}: ${log}`).toMatch(new RegExp(`^${what} t1`, 'm'))
        if (why !== undefined) expect(log, `step ${at}`).toContain(why)
        const notes = outline(applied).filter((line) => line.startsWith('note '))
        expect(notes, `step ${at}: notes`).toEqual((step.notes ?? []).map((text) => expect.stringContaining(text)))
      }
      if (step.sees !== undefined) {
        const seen = await run('apply', { check: step.sees })
        expect(outline(seen), `step ${at}: ${step.sees}\n${textOf(seen, 'log', 't1')}`).toContain('ok t1')
      }
    }
  })
})

/**
 * rpm as it was seen to be (4.18): what it has of a key is named by the key's ID and creation, and it takes no second one of a name.
 * Its database is the directory $W/db.
 */
const rpm = `rpm() {
  case "$1 $2 \${3:-}" in
  "-q --qf %{DESCRIPTION}"*) cat "$W/db/$4" ;;
  "-q --qf "*) for each in "$W"/db/*; do [ ! -e "$each" ] || echo "\${each##*/} 1"; done ;;
  "-e "*) rm "$W/db/$2" ;;
  "--import "*)
    name=gpg-pubkey-$(key_facts "$2" | sed 's/^........//; s/ .*//')-1
    [ -e "$W/db/$name" ] || cp "$2" "$W/db/$name" ;;
  *) exit 99 ;;
  esac
}`

/** Keys that rpm took up in this order, the key that is to be used, and what rpm has then. */
const replaced: readonly (readonly [had: readonly string[], key: string, has: readonly string[]])[] = [
  [[], 'renewed', []],
  [['ended'], 'renewed', ['renewed']],
  [['renewed'], 'renewed', ['renewed']],
  [['renewed'], 'ended', ['renewed']],
  [['other'], 'renewed', ['other']],
  [['other', 'ended'], 'renewed', ['other', 'renewed']],
  [['cannot-sign'], 'subkey', ['cannot-sign']],
]

describe.concurrent.each(shells)('what rpm has of a key that was renewed, under %s', (shell) => {
  it.for(replaced)('of %j with %s is %j', async ([had, key, has], { place }) => {
    const file = (name: string) => join(keys, `${name}.asc`)
    const take = had.map((name) => `rpm --import ${file(name)}`).join('\n')
    const apply = `mkdir "$W/db"\n${take}\nrenew_rpm_keys ${file(key)}\n: >"$W/done"`
    const prelude = `${loadPrelude('el')}\n${rpm}`
    const events = await place.program(shell, [{ check: '[ -e "$W/done" ]', apply }], { prelude }).run()
    expect(outline(events), textOf(events, 'log', 't1')).toContain('changed t1')
    const database = join(place.work, 'db')
    const found = readdirSync(database).map((name) => readFileSync(join(database, name), 'utf8'))
    expect(found.sort()).toEqual(has.map((name) => readFileSync(file(name), 'utf8')).sort())
  })
})

describe.each(['ended', 'renewed', 'other', 'cannot-sign', 'subkey', 'late', 'two', 'windows', 'binary', 'revoked'])(
  'the end of the key %s',
  (name) => {
    test('is read as gpg reads it', () => {
      const library = readFileSync(new URL('../../src/shell/library/packages/keys.sh', import.meta.url), 'utf8')
      const read = execFileSync('sh', ['-c', `${library}\nkey_facts "$1"`, '-', join(keys, `${name}.asc`)], {
        encoding: 'utf8',
      })
      const [first = '', ...rest] = read
        .trim()
        .split('\n')
        .map((line) => line.replace(/ \S+ /, ' '))
      if (name === 'revoked') {
        expect(Math.abs(Number(first.split(' ')[1]) - Date.now() / 1000), first).toBeLessThan(600)
        return
      }
      expect([first, ...rest]).toEqual(listed(join(keys, `${name}.asc`)))
    })
  },
)
