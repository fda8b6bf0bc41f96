import { readFileSync } from 'node:fs'
import { leaderOf } from '../../lab/src/cgroups.ts'
import { withoutNamespace } from '../../lab/src/machine-settings.ts'
import { ask } from '../../lab/src/program.ts'
import { hostOf, on, type TestLab } from './harness.ts'

/** All of a host that a plan must leave alone: `what name` to how it is. */
export type Snapshot = ReadonlyMap<string, string>

/** Files that change by themselves, and why; everything else on the host is compared. */
const restless: readonly (readonly [path: RegExp, why: string])[] = [
  [/^\/var\/log\/journal(\/|$)/, 'the journal grows with every login'],
  [/^\/var\/log\/(wtmp|lastlog|btmp)/, 'logins are recorded'],
  [/^\/var\/lib\/(wtmpdb|lastlog)\//, 'logins are recorded'],
  [/^\/var\/lib\/systemd\/(timers|random-seed|linger)/, "systemd's own notes"],
  [/^\/var\/lib\/systemd$/, "systemd's own notes"],
  [/^\/home\/ops(\/\.sudo_as_admin_successful)?$/, 'sudo notes down who has used it'],
]

/** Kernel settings that are the machine's: what another lab does is seen on all hosts. */
const shared = new Set(withoutNamespace.map((path) => path.replaceAll('/', '.')))

/** Kernel settings that count, not set; and the limits of users, which follow those of the machine. */
const counters = [
  /^user\.max_inotify_/,
  /^fs\.(dentry-state|file-nr|inode-nr|inode-state|aio-nr|quota\.)/,
  /^kernel\.(random\.|ns_last_pid|pty\.nr|tainted|pid_max)/,
  /^net\.netfilter\.nf_conntrack_count/,
  /^kernel\.(perf_event|sched_domain)/,
]

/** Units that come and go with logins and timers. */
const passing =
  /\.scope$|^user-|^user@|^run-|^session-|^ssh@|^sshd@|\.device$|^systemd-tmpfiles-clean|^dpkg-db-backup|^apt-daily/

/** Mounts, files and directories of /run that come and go with services, logins (pam_motd's greeting among them) and runs. */
const coming = /^\/run\/(credentials|user|provision|sudo|motd\.dynamic)(\/|$)|^\/proc\//

const script = readFileSync(new URL('snapshot.sh', import.meta.url), 'utf8')

/** Reads a host whole; about two seconds of work. */
export async function snapshot(lab: TestLab, host: string): Promise<Snapshot> {
  const lines = (await on(lab, host, script)).split('\n')
  const state = new Map<string, string>()
  for (const line of lines) {
    const [key = '', value = ''] = line.split('\t')
    if (!isRestless(key)) state.set(key, value)
  }
  return state
}

/** Everything that is not in both as it is in the other. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys].flatMap((key) => {
    const [was, is] = [before.get(key), after.get(key)]
    return was === is ? [] : [`${key}: ${was ?? 'not there'} -> ${is ?? 'not there'}`]
  })
}

function isRestless(key: string): boolean {
  const space = key.indexOf(' ')
  const [what, name] = [key.slice(0, space), key.slice(space + 1)]
  if (what === 'tree' || what === 'content') return restless.some(([path]) => path.test(name))
  if (what === 'mount' || what === 'run') return coming.test(name)
  if (what === 'sysctl') return shared.has(name) || counters.some((counter) => counter.test(name))
  return what === 'unit' && passing.test(name)
}

/**
 * The host's rules and sets as the kernel has them, whichever programs the host has: read with those of this machine, and
 * ipset with another host's. Counters are left out.
 */
export async function firewall(lab: TestLab, host: string, withToolsOf: string): Promise<Map<string, string>> {
  const leader = await leaderOf(hostOf(lab, host).id)
  const tools = await leaderOf(hostOf(lab, withToolsOf).id)
  const rules = await ask`nsenter -t ${leader} -n nft -s list ruleset`
  const sets = await ask`nsenter -t ${leader} -n nsenter -t ${tools} -m ipset save`
  const state = new Map<string, string>()
  for (const table of rules.stdout.split(/^(?=table )/m)) {
    const name = /^table (.*) \{/.exec(table)?.[1]
    if (name !== undefined) state.set(`table ${name}`, table.trim())
  }
  for (const line of sets.stdout.split('\n').filter((each) => each !== '')) state.set(`set ${line}`, '')
  return state
}
