import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import type { Module, ModuleContext } from '../../src/modules/module.ts'
import { placeTest as it, outline, type Place, shells, type TestTask, textOf } from './harness.ts'

const body = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 251))
const digest = createHash('sha256').update(body).digest('hex')
const requests: string[] = []
const server = createServer((request, response) => {
  requests.push(request.url ?? '')
  response.statusCode = request.url?.includes('missing') ? 404 : 200
  response.end(request.url?.includes('missing') ? 'no such thing' : body)
})
let base: string

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '::', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const owner = { owner: userInfo().username, group: userInfo().username }

/** A word as the one task of a program. */
function word(name: string, args: unknown): TestTask & { prefetch?: { files?: readonly string[] } } {
  const context = {
    facts: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
    id: 't1',
    mark: 'mark',
    render: (template: string) => template,
    readFile: (path: string) => readFileSync(path),
    isSecret: () => false,
    absent: () => [],
  } as Partial<ModuleContext> as ModuleContext
  const module = modules[name] as Module
  return { ...module.compile(module.schema.parse(args), context), output: undefined } as TestTask
}

/** Words that need nothing but a directory, done for real without a host. Those that change a host are tried in the lab. */
describe.concurrent.each(shells)('words under %s', (shell) => {
  const file = (place: Place, name: string) => join(place.work, name)
  const program = (place: Place, name: string, args: unknown, mode: 'apply' | 'check' = 'apply') => {
    const task = word(name, args)
    const prefetch = { files: task.prefetch?.files ?? [] }
    return place.program(shell, [task], { mode, prefetch })
  }
  const changed = ['start t1', 'changed t1', 'end done']
  const same = ['ok t1', 'end done']

  it('a file comes, stays and goes', async ({ place }) => {
    const path = file(place, 'deep/down/a')
    const given = { path, content: "it's $HOME\n", mode: '0640', ...owner }
    expect(outline(await program(place, 'file', given, 'check').run())).toEqual(['would-change t1', 'end done'])
    expect(existsSync(path)).toBe(false)
    expect(outline(await program(place, 'file', given).run())).toEqual(changed)
    expect(outline(await program(place, 'file', given).run())).toEqual(same)
    expect([readFileSync(path, 'utf8'), statSync(path).mode & 0o777]).toEqual(["it's $HOME\n", 0o640])
    expect(outline(await program(place, 'file', { path, absent: true }).run())).toEqual(changed)
    expect(outline(await program(place, 'file', { path, absent: true }).run())).toEqual(same)
  })

  it('no line is shown of what others may not read', async ({ place }) => {
    for (const name of ['file', 'lines']) {
      const path = file(place, name)
      const args = { path, content: 'new\n', ...owner, ...(name === 'lines' ? { block: 'b' } : {}) }
      const told = async (mode: string) =>
        textOf(await program(place, name, { ...args, mode }, 'check').run(), 'diff', 't1')
      expect(await told('0600')).not.toContain('new')
      writeFileSync(path, 'token = old\n', { mode: 0o640 })
      expect(await told('0644')).not.toMatch(/old|new/)
      expect(await told('0644')).toContain('others may not read it')
      chmodSync(path, 0o644)
      expect(await told('0600')).not.toMatch(/old|new/)
      expect(await told('0644')).toMatch(/old/)
    }
  })

  it('a block with a secret closes the file as it comes', async ({ place }) => {
    const path = file(place, 'dnf.conf')
    const mode = () => statSync(path).mode & 0o777
    const block = (content: string, more = {}) => ({ path, block: 'proxy', content, ...more })
    writeFileSync(path, '[main]\n')
    chmodSync(path, 0o644)
    expect(outline(await program(place, 'lines', block('proxy = x', { mode: '0600' })).run())).toEqual(changed)
    expect(mode()).toBe(0o600)
    chmodSync(path, 0o644)
    expect(outline(await program(place, 'lines', block('proxy = x', { mode: '0600' })).run())).toEqual(changed)
    expect(mode()).toBe(0o600)
    chmodSync(path, 0o644)
    expect(outline(await program(place, 'lines', block('proxy_password = x')).run())).toEqual(changed)
    expect(mode()).toBe(0o600)
    expect(outline(await program(place, 'lines', block('proxy_password = x')).run())).toEqual(same)
  })

  it('a block keeps to its place and leaves the rest alone', async ({ place }) => {
    const path = file(place, 'hosts')
    writeFileSync(path, '127.0.0.1 localhost\n\n# mine', { mode: 0o604 })
    const block = (content: string) => ({ path, block: 'nodes', content })
    expect(outline(await program(place, 'lines', block('10.0.0.1 a\n10.0.0.2 b & \\1')).run())).toEqual(changed)
    writeFileSync(path, `${readFileSync(path, 'utf8')}after\n`)
    const diff = textOf(await program(place, 'lines', block('10.0.0.9 z'), 'check').run(), 'diff', 't1')
    expect(diff.split('\n').filter((line) => /^[-+]\d/.test(line))).toEqual([
      '-10.0.0.1 a',
      '-10.0.0.2 b & \\1',
      '+10.0.0.9 z',
    ])
    expect(outline(await program(place, 'lines', block('10.0.0.9 z')).run())).toEqual(changed)
    expect(outline(await program(place, 'lines', block('10.0.0.9 z')).run())).toEqual(same)
    expect(readFileSync(path, 'utf8')).toBe(
      '127.0.0.1 localhost\n\n# mine\n# provision:nodes begin\n10.0.0.9 z\n# provision:nodes end\nafter\n',
    )
    expect(statSync(path).mode & 0o777).toBe(0o604)
    expect(outline(await program(place, 'lines', { path, block: 'nodes', absent: true }).run())).toEqual(changed)
    expect(readFileSync(path, 'utf8')).toBe('127.0.0.1 localhost\n\n# mine\nafter\n')
  })

  it('a block that is there twice becomes one', async ({ place }) => {
    const path = file(place, 'hosts')
    const block = '# provision:b begin\nx\n# provision:b end\n'
    writeFileSync(path, `one\n${block}two\n${block}three\n`)
    await program(place, 'lines', { path, block: 'b', content: 'x' }).run()
    expect(readFileSync(path, 'utf8')).toBe(`one\n${block}two\nthree\n`)
  })

  it('a block in what is a link is refused', async ({ place }) => {
    writeFileSync(file(place, 'real'), 'x\n')
    symlinkSync('real', file(place, 'link'))
    const events = await program(place, 'lines', { path: file(place, 'link'), block: 'b', content: 'y' }).run()
    expect(outline(events)).toEqual(['failed t1 check 2', 'end failed'])
    expect(textOf(events, 'log', 't1')).toContain('is a symbolic link to real')
    expect(readFileSync(file(place, 'real'), 'utf8')).toBe('x\n')
  })

  it('a download is verified before it is put in its place', async ({ place }) => {
    const path = file(place, 'bin/tool')
    const address = `/${shell.replace(' ', '-')}`
    const given = { url: `${base}${address}`, to: path, sha256: digest, mode: '0755', ...owner }
    expect(outline(await program(place, 'download', given).run())).toEqual(changed)
    expect(Buffer.compare(readFileSync(path), body)).toBe(0)
    expect(statSync(path).mode & 0o777).toBe(0o755)
    expect(outline(await program(place, 'download', given).run())).toEqual(same)
    expect(requests.filter((url) => url === address)).toHaveLength(1)

    const wrong = { ...given, to: file(place, 'bin/other'), sha256: '0'.repeat(64) }
    const events = await program(place, 'download', wrong).run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toContain(`has SHA-256 ${digest}, wanted 0000`)
    expect(readdirSync(file(place, 'bin'))).toEqual(['tool'])
  })

  it('a command is done when it says so', async ({ place }) => {
    const env = { OUT: file(place, 'out'), TEXT: "it's $HOME; `id`" }
    const given = { run: 'printf "%s" "$TEXT" >"$OUT"', unless: '[ -s "$OUT" ]', env }
    expect(outline(await program(place, 'command', given).run())).toEqual(changed)
    expect(readFileSync(env.OUT, 'utf8')).toBe(env.TEXT)
    expect(outline(await program(place, 'command', given).run())).toEqual(same)
    const always = { run: 'echo again >>"$OUT"; exit 0', always: true, env }
    expect(outline(await program(place, 'command', always).run())).toEqual(changed)
    expect(outline(await program(place, 'command', always).run())).toEqual(changed)
  })

  it('a command with a mistake in its shell fails alone', async ({ place }) => {
    const events = await program(place, 'command', { run: 'echo "unfinished', creates: file(place, 'x') }).run()
    expect(outline(events)).toEqual(['start t1', expect.stringMatching(/^failed t1 apply/), 'end failed'])
  })

  it('a wait says what it waited for and what it saw last', async ({ place }) => {
    const there = { http: `${base}/there`, within: 5 }
    expect(outline(await program(place, 'waitFor', there).run())).toEqual(same)
    const port = Number(new URL(base).port)
    expect(outline(await program(place, 'waitFor', { port, within: 5 }).run())).toEqual(same)
    expect(outline(await program(place, 'waitFor', { port, on: '127.0.0.1', within: 5 }).run())).toEqual(same)
    const never = { command: 'echo "still $STATE"; exit 3', env: { STATE: "not 'ready'" }, within: 1, what: 'the moon' }
    const events = await program(place, 'waitFor', never).run()
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toMatch(/waited \d+ s for the moon: still not 'ready'\n$/)
  })

  it('a wait ends when what it waits for comes', async ({ place }) => {
    const path = file(place, 'late')
    const waiting = program(place, 'waitFor', { path, within: 60 })
    const events = waiting.run()
    while (!waiting.journal().includes(' start t1')) await new Promise((resolve) => setTimeout(resolve, 20))
    writeFileSync(path, '')
    expect(outline(await events)).toEqual(changed)
  })

  it('plain http needs neither curl nor wget', async ({ place }) => {
    const check = (path: string, at = base) => ({ check: `http_by_hand ${at}/${path}` })
    expect(outline(await place.program(shell, [check('there')]).run())).toEqual(same)
    const ofIPv6 = base.replace('127.0.0.1', '[::1]')
    expect(outline(await place.program(shell, [check('there', ofIPv6)]).run())).toEqual(same)
    const events = await place.program(shell, [{ ...check('missing'), apply: 'false' }], { mode: 'check' }).run()
    expect(textOf(events, 'diff', 't1')).toMatch(/404 Not Found/)
  })
})
