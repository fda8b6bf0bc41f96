import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { registryHosts } from '../../src/modules/containers/registry-hosts.ts'
import { registryLogins } from '../../src/modules/containers/registry-logins.ts'
import type { Module, ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { quote } from '../../src/shell/quote.ts'
import { placeTest as it, outline, type Place, type Shell, shells, type TestTask, textOf } from './harness.ts'

const common = loadPrelude('debian')
const context = { id: 't1', isSecret: () => true } as Partial<ModuleContext> as ModuleContext

function bodyOf(module: Module, args: unknown) {
  return { ...module.compile(module.schema.parse(args), context), output: undefined } as TestTask & {
    prefetch?: { files?: readonly string[] }
  }
}

/** Runs shell as the apply of one task; what is told of it is in the outline. */
function apply(place: Place, shell: Shell, text: string, fakes = '', env: Record<string, string> = {}) {
  const task = { check: '[ -e "$W/.done" ]', apply: `${text}\ntouch "$W/.done"` }
  return place.program(shell, [task], { prelude: `${common}\n${fakes}` }, env).run()
}

const settings = 'capabilities = ["pull", "resolve"]\n'
const mirrors = ['http://a:5000', 'https://b', 'https://c/v2/x'].map((url) => ({ url, settings }))
const hosts = { registry: 'docker.io', server: 'server = "https://registry-1.docker.io"\n', mirrors }

describe.concurrent.each(shells)('mirrors under %s', (shell) => {
  it.for([1, 2, 3])('number %i first is a file that the check takes', async (chosen, { place }) => {
    const words = mirrors.flatMap((mirror) => [mirror.url, mirror.settings].map(quote)).join(' ')
    await apply(place, shell, `hosts_toml ${quote(hosts.server)} ${chosen} ${words} >"$W/hosts.toml"`)
    const made = readFileSync(join(place.work, 'hosts.toml'), 'utf8')
    const order = [...made.matchAll(/^\[host\."(.*)"\]$/gm)].map((match) => match[1])
    expect(order[0]).toBe(mirrors[chosen - 1]?.url)
    expect(order.sort()).toEqual(mirrors.map(({ url }) => url))
    const digests = bodyOf(registryHosts as Module, hosts).check.match(/[0-9a-f]{64}/g)
    expect(digests?.[chosen - 1]).toBe(createHash('sha256').update(made).digest('hex'))
  })

  const answering = (urls: string) => `
registry_answers() { case ' ${urls} ' in *" $1 "*) return 0 ;; esac; mirror_fails "$1" 'is dead'; return 1; }`
  const choose = 'choose_registry quay.io "" http://a x http://b x http://c x; echo "$R" >"$W/chosen"'

  it.for([
    ['http://a http://b', '1', []],
    ['http://b http://c', '2', ['note images of quay.io: taking http://b, since http://a is dead']],
    [
      '',
      '1',
      [
        'note images of quay.io: no mirror answers now (http://a is dead, http://b is dead, http://c is dead); they are still asked, and the registry itself last',
      ],
    ],
  ] as const)('of registries: where %s answer it is number %s', async ([urls, chosen, notes], { place }) => {
    const events = outline(await apply(place, shell, choose, answering(urls)))
    expect(events.filter((line) => line.startsWith('note'))).toEqual(notes)
    expect(readFileSync(join(place.work, 'chosen'), 'utf8')).toBe(`${chosen}\n`)
  })

  // A key comes from everywhere but a; b sends a page that is no key, c has lists only for those who wait.
  const repositories = `
key_type() { grep -q KEY "$1"; }
fetch_within() { echo "$1 $2" >>"$W/asked"; case $2 in *a/key) return 1 ;; *b/key) echo page >"$3" ;; *) echo KEY >"$3" ;; esac; }
write_repository() { cat >"$W/list"; }
refresh_repository() { ! grep -q ' c$' "$W/list" || [ "$2" -gt 60 ]; }`
  const set = (places: string) =>
    `printf '%s\\n' 'Types: deb' 'URIs: @URL@' '# & \\1' | set_mirrored_repository kube '' ${places}`

  it('of packages: passes over those without key, with another thing, without lists', async ({ place }) => {
    const events = outline(await apply(place, shell, set('"a a/key" "b b/key" "c c/key" "d&e d/key"'), repositories))
    expect(readFileSync(join(place.work, 'list'), 'utf8')).toBe('Types: deb\nURIs: d&e\n# & \\1\n')
    expect(events).toContain(
      'note packages of kube: taking d&e, since a gave no key within 10 s, b gave something that is no key, c gave no package lists within 60 s',
    )
  })

  it.for(['a', 'b'])('of packages: dnf goes to %s directly only where the list says so', async (url, { place }) => {
    const list = '# Mirror: a a/key\n# Direct: a\n[x]\nbaseurl=@URL@\nenabled=1\n'
    await apply(place, shell, `printf '%s' ${quote(list)} | with_url ${url} >"$W/list"`)
    const made = readFileSync(join(place.work, 'list'), 'utf8')
    expect(made).toBe(list.replace('@URL@', url === 'a' ? 'a\nproxy=_none_' : 'b'))
  })

  it('of packages: has patience where none answers in time', async ({ place }) => {
    const events = await apply(place, shell, set('"a a/key" "c c/key"'), repositories)
    expect(outline(events)).toContain('changed t1')
    expect(readFileSync(join(place.work, 'list'), 'utf8')).toContain('URIs: c\n')
    expect(readFileSync(join(place.work, 'asked'), 'utf8')).toBe('10 a/key\n10 c/key\n120 a/key\n120 c/key\n')
  })

  it('of packages: fails, and says of each why, where there is none', async ({ place }) => {
    const events = await apply(place, shell, set('"a a/key" "b b/key"'), repositories)
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toMatch(/a gave no key within 120 s\nb gave something that is no key/)
  })
})

describe.concurrent.each(shells)('a proxy under %s', (shell) => {
  it('is in the environment of the one command', async ({ place }) => {
    writeFileSync(
      join(place.work, 'env'),
      'HTTP_PROXY=http://me:p%3D=@h:1\nHTTPS_PROXY=http://s:2\nNO_PROXY=a,b\nPATH=/x\n',
    )
    const seen = 'with_proxy env >"$W/with"; env >"$W/without"; goes_by_proxy https://x'
    const events = await apply(place, shell, seen, '', { P_PROXY: join(place.work, 'env') })
    expect(outline(events)).toContain('changed t1')
    const given = readFileSync(join(place.work, 'with'), 'utf8')
    for (const line of ['http_proxy=http://me:p%3D=@h:1', 'https_proxy=http://s:2', 'no_proxy=a,b'])
      expect(given).toContain(line)
    expect(given).not.toContain('PATH=/x')
    expect(readFileSync(join(place.work, 'without'), 'utf8')).not.toMatch(/^(https?|no)_proxy=/im)
  })

  it.for([
    ['http://10.1.2.3/a', 'a,10.1.0.0/16', ',10.1.2.3'],
    ['https://10.1.2.3:8443/a', 'a,10.1.0.0/16', ',10.1.2.3'],
    ['http://192.168.255.255/', '10.0.0.0/8,192.168.0.0/17,192.168.128.0/17', ',192.168.255.255'],
    ['http://200.1.1.1/', '0.0.0.0/0', ',200.1.1.1'],
    ['http://10.1.2.3/', '10.1.2.3/32', ',10.1.2.3'],
    ['http://10.2.2.3/', '10.1.0.0/16', ''],
    ['http://10.1.2.3.example.com/', '10.1.0.0/16', ''],
    ['http://mirror.example.com/10.1.2.3', '10.1.0.0/16,fd00::/8', ''],
    ['http://[fd00::1]/', 'fd00::/8', ''],
    ['http://10.1.2/', '10.1.0.0/16', ''],
  ] as const)('is passed by for %s with %s', async ([url, no, more], { place }) => {
    writeFileSync(join(place.work, 'env'), `HTTP_PROXY=http://h:1\nNO_PROXY=${no}\n`)
    const seen = `fetcher() { printf '%s' "$no_proxy" >"$W/no"; }; with_proxy fetcher -q ${quote(url)}`
    const events = await apply(place, shell, seen, '', { P_PROXY: join(place.work, 'env') })
    expect(outline(events), textOf(events, 'log', 't1')).toContain('changed t1')
    expect(readFileSync(join(place.work, 'no'), 'utf8')).toBe(`${no}${more}`)
  })

  it('that is not there changes nothing', async ({ place }) => {
    const seen = 'with_proxy env >"$W/with"; ! goes_by_proxy http://x'
    expect(outline(await apply(place, shell, seen, '', { P_PROXY: join(place.work, 'none') }))).toContain('changed t1')
    expect(readFileSync(join(place.work, 'with'), 'utf8')).not.toMatch(/^(https?|no)_proxy=/im)
  })
})

// What is written belongs to root.
describe.concurrent.each(process.getuid?.() === 0 ? shells : [])('logins under %s', (shell) => {
  const run = (place: Place, logins: readonly string[], mode: 'apply' | 'check' = 'apply') => {
    const path = join(place.work, 'config.json')
    const task = bodyOf(registryLogins as Module, { path, logins: logins.map((host) => ({ host, auth: 'dTpw' })) })
    const prefetch = { files: task.prefetch?.files ?? [] }
    return place.program(shell, [task], { mode, prefetch }).run()
  }
  const same = ['ok t1', 'end done']
  const changed = ['start t1', 'changed t1', 'end done']

  it('come, change and go', async ({ place }) => {
    const path = join(place.work, 'config.json')
    expect(outline(await run(place, []))).toEqual(same)
    expect(outline(await run(place, ['a']))).toEqual(changed)
    expect([JSON.parse(readFileSync(path, 'utf8')), statSync(path).mode & 0o777]).toEqual([
      { auths: { a: { auth: 'dTpw' } } },
      0o600,
    ])
    expect(outline(await run(place, ['a']))).toEqual(same)
    expect(outline(await run(place, ['a', 'b']))).toEqual(changed)
    expect(outline(await run(place, []))).toEqual(changed)
    expect(existsSync(path)).toBe(false)
  })

  it('of somebody else stay, and what is missing among them is told', async ({ place }) => {
    const path = join(place.work, 'config.json')
    const theirs = '{"auths": {"a": {}}}'
    writeFileSync(path, theirs)
    const note = `note ${path} was not written by provision and has no login at b: left as it is; log in there by hand, or move it away`
    expect(outline(await run(place, ['a', 'b']))).toEqual([note, 'ok t1', 'end done'])
    expect(outline(await run(place, []))).toEqual(same)
    expect(readFileSync(path, 'utf8')).toBe(theirs)
  })
})
