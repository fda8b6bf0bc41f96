import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { insideOrFail } from '../lab/src/power.ts'
import { $ } from '../lab/src/program.ts'
import { type Hosts, writeForAnsible } from './hosts.ts'
import { run } from './measure.ts'

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'provision', 'bench')
const python = join(cache, 'ansible')
const files = join(import.meta.dirname, 'ansible')

/** Installs Ansible from PyPI into a Python environment of the bench's own, once; answers its version. */
export async function installAnsible(): Promise<string> {
  const program = join(python, 'bin/ansible-playbook')
  if (!existsSync(program)) {
    await run(['python3', '-m', 'venv', python])
    await run([join(python, 'bin/pip'), '--quiet', 'install', 'ansible'])
  }
  const { stdout } = await $`${program} --version`
  return /core ([\d.]+)/.exec(stdout)?.[1] ?? 'of unknown version'
}

/** Ansible needs Python on the hosts, and its apt module the binding to apt. Not part of what is measured. */
export async function installPython({ lab }: Hosts): Promise<void> {
  const script =
    'apt-get -qq update && apt-get -qq install -y --no-install-recommends python3 python3-apt >/dev/null 2>&1'
  await Promise.all(lab.hosts.map((host) => insideOrFail(host, 'sh', '-c', script)))
}

/** One run of the playbook; answers its seconds. Throws when it fails or, `unchanged`, when it changed something. */
export async function runAnsible(hosts: Hosts, log: string, unchanged: boolean): Promise<number> {
  const { lab } = hosts
  const variables = join(hosts.directory, 'variables.json')
  const values = {
    upstream: lab.upstream.address,
    nodes: lab.hosts.map((host) => `${host.address} ${host.name}`).join('\n'),
    packages: ['chrony', 'ca-certificates', 'iptables', 'conntrack', 'ethtool', 'socat', 'ipset', 'kmod', 'util-linux'],
    runtime_packages: ['docker.io', 'docker-cli', 'containerd', 'runc'],
  }
  await writeFile(variables, JSON.stringify(values))
  const inventory = await writeForAnsible(hosts)
  const words = [
    join(python, 'bin/ansible-playbook'),
    '-i',
    inventory,
    '-e',
    `@${variables}`,
    join(files, 'prepare.yml'),
  ]
  const env = { ANSIBLE_CONFIG: join(files, 'ansible.cfg'), ANSIBLE_HOME: join(cache, 'home'), LC_ALL: 'C.UTF-8' }
  const seconds = await run(words, { log, env })
  const { stdout } = await $`grep -E ${'ok=.*changed='} ${log}`
  const last = stdout.trim().split('\n').slice(-lab.hosts.length)
  if (unchanged && !last.every((line) => line.includes('changed=0 '))) {
    throw new Error(`Ansible found something to do; see ${log}`)
  }
  return seconds
}
