import { existsSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { arch, platform, totalmem } from 'node:os'
import { delimiter, join } from 'node:path'
import { ProcessOutput, retry } from 'zx'
import { type Problem, UserError } from '../../src/errors.ts'
import { goProblem } from './go.ts'
import { isFilled } from './images.ts'
import { cacheRoot, labRoot } from './model.ts'
import { $, ask, type Step } from './program.ts'

const gib = 2 ** 30

/** Programs that the lab starts on this machine, and Debian's packages that bring them. */
const programs: Record<string, string> = {
  'systemd-nspawn': 'systemd-container',
  debootstrap: 'debootstrap',
  nft: 'nftables',
  ip: 'iproute2',
  mount: 'mount',
  nsenter: 'util-linux',
  'ssh-keygen': 'openssh-client',
  tar: 'tar',
}

/** Kernel modules that hosts need and cannot load themselves; what is built in or loaded already stays as it is. */
const modules = [
  'overlay',
  'br_netfilter',
  'veth',
  'bridge',
  'nf_tables',
  'nft_masq',
  'nft_compat',
  'xt_comment',
  'vxlan',
]

/**
 * Makes sure that this machine can hold a lab, and build what it needs where `builds`. Packages that are missing are
 * installed where that is possible; throws a UserError that names everything else at once, and what to do about it.
 */
export async function checkMachine(name: string, builds: boolean, step: Step): Promise<void> {
  const problems = [...basics(), ...(await space(name)), ...(builds ? await compiler() : [])]
  const missing = Object.keys(programs).filter((program) => !found(program))
  const packages = [...new Set(missing.map((program) => programs[program] ?? program))]
  const installable = problems.length === 0 && (await isDebian())
  if (missing.length > 0 && !installable) {
    const hint = `install the packages ${packages.join(' ')} (those are Debian's names)`
    problems.push({ message: `these programs are missing: ${missing.join(', ')}`, hint })
  }
  if (problems.length > 0) throw new UserError(problems)
  if (missing.length > 0) await step(`install ${packages.join(' ')} on this machine`, () => install(packages))
  if (existsSync('/proc/modules')) await ask`modprobe --all --quiet ${modules}`
  if (!/\boverlay$/m.test(await readFile('/proc/filesystems', 'utf8'))) {
    throw new UserError('this kernel has no overlay file system', 'load or build the module overlay')
  }
}

function basics(): Problem[] {
  const problems: Problem[] = []
  if (platform() !== 'linux' || arch() !== 'x64') {
    problems.push({
      message: `a lab runs on Linux on x86-64, not on ${platform()} ${arch()}`,
      hint: 'use another machine',
    })
  }
  if (process.getuid?.() !== 0) {
    problems.push({ message: 'a lab needs root: it mounts, makes links and starts systemd', hint: 'run it with sudo' })
  }
  if (totalmem() < 3.5 * gib) {
    const has = (totalmem() / gib).toFixed(1)
    problems.push({ message: `a lab needs 4 GiB of memory, this machine has ${has}`, hint: 'use a larger machine' })
  }
  return problems
}

/** What the cache still lacks, and what three hosts with a cluster take. */
async function space(name: string): Promise<Problem[]> {
  const wants = [
    { directory: cacheRoot(), gigabytes: isFilled('kubernetes') ? 1 : 10 },
    { directory: labRoot(name), gigabytes: 5 },
  ]
  const problems: Problem[] = []
  for (const { directory, gigabytes } of wants) {
    const { bavail, bsize } = await statfs(await existing(directory))
    const free = (bavail * bsize) / gib
    if (free >= gigabytes) continue
    const message = `${directory} needs ${gigabytes} GiB of free disk, there are ${free.toFixed(1)}`
    problems.push({ message, hint: directory === cacheRoot() ? 'free some, or set XDG_CACHE_HOME' : 'free some' })
  }
  return problems
}

async function existing(directory: string): Promise<string> {
  return existsSync(directory) ? directory : existing(join(directory, '..'))
}

async function compiler(): Promise<Problem[]> {
  const problem = await goProblem()
  return problem ? [problem] : []
}

function found(program: string): boolean {
  const directories = (process.env.PATH ?? '').split(delimiter)
  return directories.some((directory) => existsSync(join(directory, program)))
}

async function isDebian(): Promise<boolean> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*\bdebian\b/m.test(text) && found('apt-get')
}

/** Throws a UserError with what apt said. */
async function install(packages: readonly string[]): Promise<void> {
  // Somebody else's apt is waited for, 300 s long; the lock of the lists alone has no such option.
  const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300']
  try {
    await retry(10, '3s', () => $`${apt} update`)
    await $`${apt} -y install --no-install-recommends ${packages}`
  } catch (error) {
    const said = error instanceof ProcessOutput ? error.stderr.trim() : String(error)
    throw new UserError(
      `${packages.join(' ')} could not be installed: ${said}`,
      'install them by hand, and run it again',
    )
  }
}
