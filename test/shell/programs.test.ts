import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import type { Module, ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { placeTest as it, outline, type Place, type Shell, shells, textOf } from './harness.ts'

const prelude = loadPrelude('debian', ['unpack', 'completions'])

async function run(place: Place, shell: Shell, word: string, args: unknown, before: string) {
  const module = modules[word] as Module
  const body = module.compile(module.schema.parse(args), { id: 't1' } as unknown as ModuleContext)
  const tasks = [{ check: `${before}\n${body.check}`, apply: `${before}\n${body.apply}` }]
  return place.program(shell, tasks, { prelude }).run()
}

const lines = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])

// What is written belongs to root.
const asRoot = process.getuid?.() === 0 ? shells : []

describe.concurrent.each(asRoot)('a file out of an archive under %s', (shell) => {
  /** A site that gives what lies in `$W/HOST`. */
  const site = 'fetch() { echo "$1" >>"$W/asked"; cp "$W/$' + '{1#http://}" "$2"; }'

  function publish(place: Place, host: string, content: string): string {
    const directory = join(place.work, host)
    mkdirSync(join(directory, 'linux'), { recursive: true })
    writeFileSync(join(directory, 'linux/tool'), content)
    execFileSync('tar', ['-czf', 'tool-1.tar.gz', 'linux'], { cwd: directory })
    const digest = createHash('sha256')
      .update(readFileSync(join(directory, 'tool-1.tar.gz')))
      .digest('hex')
    writeFileSync(join(directory, 'tool-1.tar.gz.sha256sum'), `${digest}  tool-1.tar.gz\n`)
    return digest
  }
  const asked = (place: Place) => lines(join(place.work, 'asked'))
  const args = (place: Place, ...hosts: string[]) => ({
    from: hosts.map((host) => `http://${host}/tool-1.tar.gz`),
    member: 'linux/tool',
    to: join(place.work, 'bin/tool'),
  })

  it('is fetched once, as long as nobody puts another one in its place', async ({ place }) => {
    publish(place, 'a', 'one\n')
    const given = args(place, 'a')
    expect(outline(await run(place, shell, 'unpack', given, site))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(given.to, 'utf8')).toBe('one\n')
    expect(statSync(given.to).mode & 0o7777).toBe(0o755)
    expect(asked(place)).toEqual(['http://a/tool-1.tar.gz.sha256sum', 'http://a/tool-1.tar.gz'])
    expect(outline(await run(place, shell, 'unpack', given, site))).toEqual(['ok t1', 'end done'])
    expect(asked(place)).toHaveLength(2)
    writeFileSync(given.to, 'somebody else’s\n')
    expect(outline(await run(place, shell, 'unpack', given, site))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(given.to, 'utf8')).toBe('one\n')
  })

  it('comes from the first place that gives the right one', async ({ place }) => {
    const wrong = publish(place, 'b', 'another\n')
    const sha256 = publish(place, 'c', 'one\n')
    const given = { ...args(place, 'a', 'b', 'c'), sha256 }
    const events = await run(place, shell, 'unpack', given, site)
    expect(outline(events)).toEqual(['start t1', 'changed t1', 'end done'])
    expect(asked(place)).toEqual(['a', 'b', 'c'].map((host) => `http://${host}/tool-1.tar.gz`))
    expect(readFileSync(given.to, 'utf8')).toBe('one\n')
    expect(wrong).not.toBe(sha256)
  })

  it('is not put there where it is not what it should be', async ({ place }) => {
    publish(place, 'a', 'one\n')
    writeFileSync(join(place.work, 'a/tool-1.tar.gz.sha256sum'), '<html>')
    const given = args(place, 'a')
    const events = await run(place, shell, 'unpack', given, site)
    expect(outline(events)).toEqual(['start t1', 'failed t1 apply 1', 'end failed'])
    expect(textOf(events, 'log', 't1')).toContain('holds no SHA-256')
    expect(existsSync(given.to)).toBe(false)
  })

  it('goes again, unless it is somebody else’s', async ({ place }) => {
    publish(place, 'a', 'one\n')
    const given = args(place, 'a')
    const absent = { to: given.to, absent: true }
    expect(outline(await run(place, shell, 'unpack', absent, site))).toEqual(['ok t1', 'end done'])
    await run(place, shell, 'unpack', given, site)
    expect(outline(await run(place, shell, 'unpack', absent, site))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(existsSync(given.to)).toBe(false)
    await run(place, shell, 'unpack', given, site)
    writeFileSync(given.to, 'theirs\n')
    utimesSync(given.to, 1, 1)
    const note = `note ${given.to} was changed since, not by provision, and stays`
    expect(outline(await run(place, shell, 'unpack', absent, site))).toEqual([
      'start t1',
      note,
      'changed t1',
      'end done',
    ])
    expect(readFileSync(given.to, 'utf8')).toBe('theirs\n')
  })
})

describe.concurrent.each(asRoot)('completion under %s', (shell) => {
  /** A host with bash and fish, and programs in `$W/bin`. */
  const before = `
    PATH=$W/bin:/usr/bin:/bin
    completion_file() { echo "$W/files/$1/$2"; }
    has_completion() { [ -e "$W/packaged/$1/$2" ]; }
    command() {
      case "$2" in bash | fish) echo "/bin/$2" ;; zsh) return 1 ;; *) [ -x "$W/bin/$2" ] && echo "$W/bin/$2" ;; esac
    }`

  function program(place: Place, name: string, script: string): void {
    mkdirSync(join(place.work, 'bin'), { recursive: true })
    const path = join(place.work, 'bin', name)
    writeFileSync(path, `#!/bin/sh\necho "$0 $*" >>"${place.work}/asked"\n${script}\n`)
    chmodSync(path, 0o755)
  }
  const file = (place: Place, path: string) => join(place.work, 'files', path)
  const complete = (place: Place, programs: string[]) => run(place, shell, 'completions', { programs }, before)

  it('is what programs print, for those and the shells that are there', async ({ place }) => {
    program(place, 'kubectl', 'echo "complete $2"')
    program(place, 'kubeadm', 'echo "complete $2"')
    const programs = ['kubectl', 'kubeadm', 'helm']
    expect(outline(await complete(place, programs))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(file(place, 'fish/kubectl'), 'utf8')).toBe('complete fish\n')
    expect(existsSync(file(place, 'fish/kubeadm'))).toBe(false)
    expect(existsSync(file(place, 'zsh/kubectl'))).toBe(false)
    expect(lines(join(place.work, 'asked'))).toHaveLength(3)
    expect(outline(await complete(place, programs))).toEqual(['ok t1', 'end done'])
    expect(lines(join(place.work, 'asked'))).toHaveLength(3)
  })

  it('is made anew for another version, and where it is gone', async ({ place }) => {
    program(place, 'kubectl', 'echo one')
    await complete(place, ['kubectl'])
    program(place, 'kubectl', 'echo another')
    expect(outline(await complete(place, ['kubectl']))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(file(place, 'bash/kubectl'), 'utf8')).toBe('another\n')
    execFileSync('rm', [file(place, 'bash/kubectl')])
    expect(outline(await complete(place, ['kubectl']))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(file(place, 'bash/kubectl'), 'utf8')).toBe('another\n')
  })

  it('leaves what packages bring and others wrote, and fails for no program that has none', async ({ place }) => {
    mkdirSync(join(place.work, 'packaged/bash'), { recursive: true })
    writeFileSync(join(place.work, 'packaged/bash/docker'), '')
    mkdirSync(file(place, 'bash'), { recursive: true })
    writeFileSync(file(place, 'bash/kubectl'), 'theirs\n')
    program(place, 'docker', 'echo "complete $2"')
    program(place, 'kubectl', 'echo "complete $2"')
    program(place, 'crictl', 'exit 1')
    const programs = ['docker', 'kubectl', 'crictl']
    expect(outline(await complete(place, programs))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(file(place, 'bash/kubectl'), 'utf8')).toBe('theirs\n')
    expect(existsSync(file(place, 'bash/docker'))).toBe(false)
    expect(existsSync(file(place, 'fish/docker'))).toBe(true)
    expect(outline(await complete(place, programs))).toEqual(['ok t1', 'end done'])
    expect(outline(await complete(place, []))).toEqual(['start t1', 'changed t1', 'end done'])
    expect(readFileSync(file(place, 'bash/kubectl'), 'utf8')).toBe('theirs\n')
    expect(existsSync(file(place, 'fish/docker'))).toBe(false)
    expect(outline(await complete(place, []))).toEqual(['ok t1', 'end done'])
  })
})
