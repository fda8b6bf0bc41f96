import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  start,
  summaryOf,
  type TestLab,
  writePlaybook,
} from '../lab/harness.ts'
import { onUpstream } from '../lab/site-services.ts'
import { differences, type Snapshot, snapshot } from '../lab/snapshot.ts'

let lab: TestLab
let before: Snapshot

// A worker on the stand-in for the RHEL family. Takes 11 minutes on two cores with much else to do, half of them the two runs that make a cluster.
beforeAll(async () => {
  lab = await freshLab({ hosts: 2, systems: ['debian-13', 'rocky-9-standin'] })
  before = await whole('w1')
  expectCode(await provision(lab), 0)
})

afterAll(removeLab)

/** What follows is about this host only. */
const alone = ['--limit', 'w1']
const packages = 'Docker'
const kubernetes = 'kubeadm, kubelet and kubectl'

describe('a stand-in of the RHEL family', () => {
  test('is a node that provision takes for what it says it is', async () => {
    const image = '{.status.nodeInfo.osImage}{"\\n"}{.status.conditions[?(@.type=="Ready")].status}'
    expect(await kubectl(lab, `get node w1 -o jsonpath='${image}'`)).toMatch(/^Stand-in .*Rocky Linux 9.*\nTrue$/)
    // From the repositories as the official ones are laid out, signed, and of the newest build of the version.
    expect(await on(lab, 'w1', 'rpm -q kubelet kubeadm docker-ce')).toBe(
      'kubelet-1.36.3-150500.2.1.x86_64\nkubeadm-1.36.3-150500.2.1.x86_64\ndocker-ce-26.1.5-2.el9.x86_64\n',
    )
    expect(await on(lab, 'w1', 'rpm -q --qf "%{RSAHEADER:pgpsig}\\n" kubelet')).toMatch(/^RSA/)
  })

  test('is left alone by the next run, over one connection', async () => {
    for (const host of expectCode(await provision(lab), 0).hosts) {
      expect(host, host.name).toMatchObject({ outcome: 'converged', changed: 0, connections: 1, execs: 1 })
    }
  })

  test('keeps its builds when everything is upgraded, by the repositories that exclude them', async () => {
    expect(await on(lab, 'w1', 'ls /etc/dnf/plugins')).not.toContain('versionlock')
    await on(lab, 'w1', 'dnf -y -q downgrade --disableexcludes=all kubelet-1.36.3-150500.1.1')
    await on(lab, 'w1', 'dnf -y -q upgrade')
    expect(await on(lab, 'w1', 'rpm -q kubelet')).toBe('kubelet-1.36.3-150500.1.1.x86_64\n')
    // Another build of the same version is as good.
    expect(results(expectedly(await provision(lab, alone)), ['changed'])).toEqual([])
  })

  test('keeps its versions by the plugin where that is there, beside locks of others', async () => {
    const list = '/etc/dnf/plugins/versionlock.list'
    await on(lab, 'w1', 'dnf -y -q install python3-dnf-plugin-versionlock')
    await on(lab, 'w1', `printf '# theirs\nbash-0:5.2.37-1.el9.*\n' >${list}`)
    expect(results(expectedly(await provision(lab, alone)), ['changed'])).toEqual([
      `w1: ${packages}`,
      `w1: ${kubernetes}`,
    ])
    expect(await on(lab, 'w1', `cat ${list}`)).toMatch(
      /^# theirs\nbash-0:.*\ndocker-ce-3:26[\s\S]*\nkubelet-0:1\.36\.3-150500\.1\.1\.\*\n/,
    )
    await on(lab, 'w1', 'dnf -y -q upgrade --disableexcludes=all')
    expect(await on(lab, 'w1', 'rpm -q kubelet')).toBe('kubelet-1.36.3-150500.1.1.x86_64\n')
    expect(results(expectedly(await provision(lab, alone)), ['changed'])).toEqual([])
  })
})

describe('a signing key that has expired since rpm took it up', () => {
  test('is told, and replaced by the renewed one', async () => {
    const expired = await onUpstream(
      lab,
      `set -eu; rm -rf /root/aged; cp -a /srv/upstream/gnupg /root/aged; export GNUPGHOME=/root/aged
      key=$(gpg --batch --list-keys --with-colons 2>/dev/null | sed -n 's/^fpr:*\\([0-9A-F]*\\):.*/\\1/p' | head -n 1)
      gpg --batch --quiet --passphrase '' --quick-set-expire "$key" seconds=1 2>/dev/null
      gpg --batch --quiet --armor --export "$key"; rm -rf /root/aged`,
    )
    const taken = `rpm -q --qf '%{DESCRIPTION}' gpg-pubkey`
    const before = await on(lab, 'w1', taken)
    await on(
      lab,
      'w1',
      `printf '%s' '${expired}' >/run/expired.asc; rpm -e gpg-pubkey; rpm --import /run/expired.asc
      cd /var/lib/provision/signing-keys
      for name in *; do read -r digest end asked <$name; echo "$digest 1717200000 $((asked - 100000))" >$name; done`,
    )
    expect(await on(lab, 'w1', taken)).not.toBe(before)
    const planned = await provision(lab, ['plan', ...alone])
    expect(planned.output).toContain('the signing key of the repository kubernetes expired on 2024-06-01')
    const repositories = ['w1: Kubernetes package repository', 'w1: Docker package repository']
    expect(results(expectedly(await provision(lab, alone)), ['changed']).sort()).toEqual(repositories.sort())
    expect(await on(lab, 'w1', taken)).toBe(before)
    expect(results(expectedly(await provision(lab, alone)), ['changed'])).toEqual([])
  })
})

describe('its package manager', () => {
  test('is waited for while somebody else has its lock', async () => {
    const file = await writePlaybook(lab, 'wanted.yaml', ['name: A package', 'package: { name: dnsmasq }'])
    await on(lab, 'w1', `${holdLock} 12 >/dev/null 2>&1 </dev/null & sleep 2`)
    const ran = await provision(lab, ['run', file, ...alone])
    expectCode(ran, 0)
    expect(await on(lab, 'w1', 'rpm -q dnsmasq')).toContain('dnsmasq-')
  })

  test('brings back what is not as it came, also what a repository excludes', async () => {
    const task = ['name: What is installed is whole', 'verifyPackages: { names: [kubectl] }']
    const file = await writePlaybook(lab, 'whole.yaml', task)
    expect(results(expectedly(await provision(lab, ['run', file, ...alone])), ['changed'])).toEqual([])
    await on(lab, 'w1', 'echo broken >/usr/bin/kubectl')
    expectCode(await provision(lab, ['run', file, ...alone]), 0)
    expect(await on(lab, 'w1', 'kubectl version --client')).toContain('v1.36.3')
  })
})

describe('its reset with packages', () => {
  let ran: Ran

  test('goes on where it was cut short', async () => {
    let kill: Promise<unknown> | undefined
    const running = start(lab, ['reset', 'w1', '--packages', '--yes'], {
      onEvent: (event, child) => {
        if (event.kind !== 'task' || event.title !== 'Installed packages removed' || event.status !== 'start') return
        kill = new Promise((resolve) => setTimeout(resolve, 3000)).then(() => child.kill('SIGKILL'))
      },
    })
    await running.ended
    expect(kill).toBeDefined()
    ran = await provision(lab, ['reset', 'w1', '--packages', '--yes'])
    expectCode(ran, 0)
  })

  test('puts back the database of packages, locks, repositories and keys', async () => {
    // The operator's own, from while it was a node.
    expect(await on(lab, 'w1', 'cat /etc/dnf/plugins/versionlock.list')).toBe('# theirs\nbash-0:5.2.37-1.el9.*\n')
    await on(lab, 'w1', 'dnf -y -q remove python3-dnf-plugin-versionlock; rm -f /etc/dnf/plugins/versionlock.list*')
    const left = differences(before, await whole('w1')).filter((line) => !excused.some(([what]) => what.test(line)))
    expect(left).toEqual([])
  })

  test('has nothing more to reset, and the host can be a node again', async () => {
    expect(results(expectedly(await provision(lab, ['reset', 'w1', '--packages', '--yes'])), ['changed'])).toEqual([])
    expectCode(await provision(lab), 0)
    expect(results(expectedly(await provision(lab)), ['changed'])).toEqual([])
  })
})

/** What is not as it was, and why. All else is. */
const excused: readonly (readonly [what: RegExp, why: string])[] = [
  [
    /^(tree|content) \/var\/(log|cache|lib\/(rpm|dnf|systemd|NetworkManager))(\/|: )/,
    'package managers and daemons remember',
  ],
  [/^(tree|content) \/etc\/(passwd|group|shadow|gshadow)-?: /, 'accounts that packages made stay, and are told'],
  [/^tree \/var\/(lib\/(rpm|dnf|systemd)|cache|log)( |:)/, 'times of their directories'],
  [/^run \/run\/(xtables\.lock|netns|dnf)/, 'of packages, in memory; gone at the next boot'],
  [/^temporary \/run\/(provision|lock)/, 'locks of sessions and of dnf; gone at the next boot'],
  [/^unit (network-online\.target|dnf-makecache\.service): /, 'reached once something waited for it; a timer'],
  [/^unit NetworkManager-dispatcher\.service: /, 'ends by itself when it has been idle'],
  [/^(unit|tree .*)[ -]systemd-(hostnamed|localed|timedated)\./, 'of systemd, run when somebody asks and for a while'],
  [/^unit .*: not there -> not-found|^enabled session-/, 'systemd heard of it; a login'],
  [/^(tree|content) \S*\/__pycache__(\/| |:)/, "Python's own, of a plugin that came and went"],
]

/** Somebody else's dnf at work, for so many seconds: what holds the lock is a process that lives. */
const holdLock = `python3 -c '
import sys, time, dnf.lock
with dnf.lock.build_rpmdb_lock("/var/lib/dnf", True), dnf.lock.build_metadata_lock("/var/cache/dnf", True):
    time.sleep(int(sys.argv[1]))'`

/** The host without what changes by itself: times of files and sizes of directories. */
async function whole(host: string): Promise<Snapshot> {
  const found = await snapshot(lab, host)
  return new Map(
    [...found].map(([key, value]) => [key, key.startsWith('tree ') ? value.replace(/ [0-9.]+ [0-9]+$/, '') : value]),
  )
}

function expectedly(ran: Ran): Ran {
  expectCode(ran, 0)
  expect(summaryOf(ran).exitCode).toBe(0)
  return ran
}
