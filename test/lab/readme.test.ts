import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { keyFiles } from '../../lab/src/keys.ts'
import { freshLab, hostOf, kubectl, on, removeLab, type TestLab } from './harness.ts'

// The first screen of README.md, line by line: a newcomer with three hosts. About two minutes.

const checkout = resolve(import.meta.dirname, '../..')
const work = mkdtempSync(join(tmpdir(), 'readme-'))
const bin = join(work, 'bin')
const socket = join(work, 'agent')
const password = 'a newcomers password'

/** Settings that a site needs if the official sources cannot be reached; the lab's inventory has them. */
const siteSettings = ['kubernetes', 'docker', 'network', 'time', 'mirrors'] as const

let lab: TestLab
let agent: number

beforeAll(async () => {
  lab = await freshLab({ hosts: 3, controlPlanes: 1 })
  for (const { name } of lab.lab.hosts) await on(lab, name, newcomersAccount())
  mkdirSync(bin)
  const { identity } = keyFiles(lab.lab.name)
  const started = execFileSync('ssh-agent', ['-s', '-a', socket], { encoding: 'utf8' })
  agent = Number(/SSH_AGENT_PID=(\d+)/.exec(started)?.[1])
  execFileSync('ssh-add', ['-q', identity], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
})

afterAll(async () => {
  process.kill(agent)
  await removeLab()
  rmSync(work, { recursive: true })
})

/** The user ops on a host: with the lab's key, and sudo with a password. */
function newcomersAccount(): string {
  const key = readFileSync(`${keyFiles(lab.lab.name).identity}.pub`, 'utf8').trim()
  return [
    'id ops >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ops',
    'install -d -m 700 -o ops -g ops /home/ops/.ssh',
    `echo '${key}' >/home/ops/.ssh/authorized_keys`,
    'chown ops: /home/ops/.ssh/authorized_keys',
    `echo 'ops:${password}' | chpasswd`,
    "echo 'ops ALL=(ALL) ALL' >/etc/sudoers.d/ops",
  ].join('\n')
}

/** The commands of the first `console` block. */
function firstScreen(): string[] {
  const [, block = ''] = /^```console\n([\s\S]*?)^```$/m.exec(readFileSync(join(checkout, 'README.md'), 'utf8')) ?? []
  return block.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2).replace(/ +#.*$/, '')] : []))
}

/** A line for this machine: the checkout for the clone, a directory of the test for /usr/local/bin, and lab hosts. */
function here(line: string): string {
  const addresses = { '10.0.0.11': 'cp1', '10.0.0.21': 'w1', '10.0.0.22': 'w2' }
  return Object.entries(addresses)
    .reduce((text, [address, name]) => text.replace(address, hostOf(lab, name).address), line)
    .replace(/^sudo /, '')
    .replace('$PWD', checkout)
    .replace('/usr/local/bin', bin)
}

/** Runs a line in a terminal, types the password when asked. Answers the exit code and the screen. */
async function type(line: string): Promise<{ code: number | null; screen: string }> {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, SSH_AUTH_SOCK: socket, TERM: 'xterm' }
  const child = spawn('script', ['-qefc', line, '/dev/null'], { cwd: work, env, stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  child.stdout.on('data', (text: Buffer) => {
    const asked = /password/i.test(screen)
    screen += text.toString()
    if (!asked && /password/i.test(screen)) child.stdin.write(`${password}\r`)
  })
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, screen }
}

test('the first screen of the README makes a cluster of three hosts', async () => {
  const lines = firstScreen()
  expect(lines.map((line) => line.split(' ', 2).join(' '))).toEqual([
    'sudo ln',
    'provision init',
    'provision plan',
    'provision',
    'provision status',
  ])
  for (const line of lines) {
    const { code, screen } = await type(here(line))
    expect(code, `${line}\n${screen}`).toBe(line === 'provision plan' ? 3 : 0)
    if (line.startsWith('provision init')) atThisSite()
  }
  const nodes = await kubectl(lab, 'get nodes --no-headers')
  expect(nodes.split('\n').map((node) => node.split(/ +/).slice(0, 2))).toEqual([
    ['cp1', 'Ready'],
    ['w1', 'Ready'],
    ['w2', 'Ready'],
  ])
})

/** Adds the settings of the lab to the inventory that `provision init` wrote. */
function atThisSite(): void {
  const file = join(work, 'hosts.yaml')
  const site = parse(readFileSync(lab.inventory, 'utf8')) as Record<string, unknown>
  const settings = Object.fromEntries(siteSettings.map((name) => [name, site[name]]))
  writeFileSync(file, stringify({ ...(parse(readFileSync(file, 'utf8')) as object), ...settings }))
}
