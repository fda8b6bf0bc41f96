import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { labRoot } from '../../lab/src/model.ts'

/** Everything on this machine that carries a lab's name: what must be gone when the lab is. */
export function tracesOf(labName: string, bridge: string): string[] {
  const root = labRoot(labName)
  const carries = (text: string) => text.includes(bridge) || text.split(/[\s,:=]/).some((word) => below(word, root))
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter(carries)
  const links = readdirSync('/sys/class/net').filter(carries)
  const cgroups = run('find', '/sys/fs/cgroup', '-maxdepth', '2', '-name', `${bridge}*`)
  const tables = run('nft', 'list', 'tables').filter(carries)
  const processes = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && carries(describe(pid)))
  const remains = readdirSync('/run/systemd/nspawn/propagate').filter(carries)
  return [
    ...mounts.map((line) => `mount ${line}`),
    ...links.map((link) => `link ${link}`),
    ...cgroups.map((path) => `cgroup ${path}`),
    ...tables.map((table) => `nftables ${table}`),
    ...processes.map((pid) => `process ${pid} ${describe(pid)}`),
    ...remains.map((name) => `nspawn ${name}`),
    ...(existsSync(root) ? [`directory ${root}`] : []),
  ]
}

/** systemd-nspawn's locks: named after inodes, so only their number tells of what was left. */
export function nspawnLocks(): string[] {
  return existsSync('/run/systemd/nspawn/locks') ? readdirSync('/run/systemd/nspawn/locks') : []
}

/** Settings of this machine's kernel that labs change: how it forwards packets, link by link, and what kubelets set. */
export function machineSettings(): Record<string, string> {
  const links = readdirSync('/proc/sys/net/ipv4/conf').filter((link) => !link.startsWith('pvlab'))
  const paths = [...links.map((link) => `net/ipv4/conf/${link}/forwarding`), 'kernel/panic', 'vm/overcommit_memory']
  return Object.fromEntries(paths.map((path) => [path, readFileSync(`/proc/sys/${path}`, 'utf8').trim()]))
}

function below(word: string, root: string): boolean {
  return word === root || word.startsWith(`${root}/`)
}

// The command line and the cgroups: a host's processes know nothing of the lab's name but carry it in their cgroups.
function describe(pid: string): string {
  const read = (file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ')
    } catch {
      return '' // it ended meanwhile
    }
  }
  // A process that has ended stays listed until its parent takes note of it.
  if (/^State:\s+Z/m.test(read('status'))) return ''
  return `${read('cmdline')} ${read('cgroup')}`
}

function run(program: string, ...words: string[]): string[] {
  return execFileSync(program, words, { encoding: 'utf8' }).split('\n').filter(Boolean)
}
