import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { leaderOf } from '../../lab/src/cgroups.ts'
import { ask } from '../../lab/src/program.ts'
import { catalogue } from '../../src/catalogue/load.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  start,
  summaryOf,
  type TestLab,
} from './harness.ts'
import { differences, firewall, type Snapshot, snapshot } from './snapshot.ts'

let lab: TestLab
let before: Snapshot

beforeAll(async () => {
  lab = await freshLab({ hosts: 2 })
  await foreignFirewall()
  await foreignThings()
  before = await whole('w1')
  expectCode(await provision(lab), 0)
  await busy()
})

afterAll(removeLab)

/** What is not as it was, and why. All else is. */
const excused: readonly (readonly [what: RegExp, why: string])[] = [
  [/^(tree|content) \/var\/log\//, 'logs are kept, for whoever wants to know what happened'],
  [/^(tree|content) \/var\/(lib\/(apt|dpkg|ucf|systemd)|cache)\//, 'package managers and systemd remember'],
  [/^(tree|content) \/etc\/(passwd|group|shadow|gshadow)-?: /, 'accounts that packages made stay, and are told'],
  [/^(tree|content) \/etc\/ld\.so\.cache: /, 'made anew, of the same libraries'],
  [/^run \/run\/(xtables\.lock|adduser|motd\.dynamic|netns)/, 'of packages, in memory; gone at the next boot'],
  [/^temporary \/run\/provision/, 'locks of sessions; gone at the next boot'],
  [/^unit network-online\.target: /, 'reached once something waited for it, until the next boot'],
]

describe('a worker under a firewall that lets in ssh alone, reset with its packages', () => {
  let rules: Map<string, string>
  let ran: Ran

  test('is told beforehand, and left alone', async () => {
    const [was, ruled] = [await whole('w1'), await firewall(lab, 'w1', 'cp1')]
    const planned = await provision(lab, ['reset', 'w1', '--packages', '--check'])
    expectCode(planned, 3)
    expect(differences(steady(was), steady(await whole('w1')))).toEqual([])
    expect([...(await firewall(lab, 'w1', 'cp1')).keys()]).toEqual([...ruled.keys()])
  })

  test('without --yes nobody is contacted', async () => {
    const refused = await provision(lab, ['reset', 'w1'])
    expect(refused.code).toBe(2)
    expect(refused.output).toContain('--yes')
    expect(refused.events.map((event) => event.kind)).toEqual(['refused'])
  })

  test('goes back, over one connection', async () => {
    rules = await firewall(lab, 'w1', 'cp1')
    let ready: Promise<string> | undefined
    ran = await provision(lab, ['reset', 'w1', '--packages', '--yes'], {
      onEvent: (event) => {
        if (event.kind !== 'task' || event.title !== 'Kubelet and pods stopped' || event.status === 'start') return
        ready = readyReason()
      },
    })
    const summary = expectCode(ran, 0)
    // The cluster need not notice by itself, which takes it most of a minute.
    expect(await ready).toBe('HostReset')
    expect(summary.hosts.map((host) => host.name)).toEqual(['w1'])
    expect(summary.hosts[0]).toMatchObject({ connections: 1, outcome: 'changed' })
    expect(notices(ran)).toContainEqual(expect.stringContaining('accounts that packages made stay: '))
    expect(notices(ran)).toContainEqual(expect.stringContaining('`provision remove`'))
    expect(summary.warnings.length).toBe(notices(ran).length)
  })

  test('is as it was, but for what is excused', async () => {
    const left = differences(before, await whole('w1')).filter((line) => !excused.some(([what]) => what.test(line)))
    expect(left).toEqual([])
  })

  test('has the foreign rules as they were, and none of ours', async () => {
    const after = await firewall(lab, 'w1', 'cp1')
    for (const [name, text] of rules) if (/guard|operator/.test(name)) expect(after.get(name), name).toBe(text)
    expect(rules.has('table ip lab-network')).toBe(true)
    expect([...after.values()].join('\n')).not.toMatch(/KUBE|CNI|DOCKER|lab-network/)
    expect([...after.keys()].filter((name) => !/guard|operator/.test(name))).toEqual(['table ip filter'])
  })

  test('the cluster has gone on', async () => {
    expect(await kubectl(lab, 'get --raw /readyz')).toBe('ok')
    // Not ready from the moment the kubelet stopped; some time later the cluster notices by itself.
    expect(['HostReset', 'NodeStatusUnknown']).toContain(await readyReason())
  })

  test('has nothing more to reset', async () => {
    const again = await provision(lab, ['reset', 'w1', '--packages', '--yes'])
    expectCode(again, 0)
    expect(results(again, ['changed'])).toEqual([])
  })

  test('is a node again at once, and the run after that finds nothing to do', async () => {
    expectCode(await provision(lab), 0)
    expect(results(expectedly(await provision(lab)), ['changed'])).toEqual([])
  })
})

describe('a reset cut short', () => {
  /** The task that is cut short, what the host is waited for in it, and what is killed. */
  const moments: readonly (readonly [title: string, moment: string, kill: 'controller' | 'program'])[] = [
    ['Kubernetes networking removed', ':', 'program'],
    ['Recorded changes undone', 'sleep 1.5', 'program'],
    [
      'Installed packages removed',
      'timeout 60 sh -c "until pgrep -x dpkg >/dev/null; do sleep 0.1; done"',
      'controller',
    ],
  ]

  test.for(moments)('during: %s', async ([title, moment, kill]) => {
    let acted: Promise<unknown> | undefined
    const running = start(lab, ['reset', 'w1', '--packages', '--yes'], {
      onEvent: (event, child) => {
        if (event.kind !== 'task' || event.title !== title || event.status !== 'start') return
        acted = on(lab, 'w1', moment).then(async () => {
          if (kill === 'controller') child.kill('SIGKILL')
          else await on(lab, 'w1', killProgram)
        })
      },
    })
    const ended = await running.ended
    expect(acted, `${title} began:\n${ended.output.slice(-2000)}`).toBeDefined()
    await acted
    expect(ended.code).not.toBe(0)
  })

  test('ends the same', async () => {
    expectCode(await provision(lab, ['reset', 'w1', '--packages', '--yes']), 0)
    const left = differences(before, await whole('w1')).filter((line) => !excused.some(([what]) => what.test(line)))
    expect(left).toEqual([])
  })
})

describe('a host on which Docker was in use before', () => {
  const own = '{ "log-driver": "json-file", "labels": ["owner=somebody"] }'

  test('keeps Docker, its configuration, its images and its containers', async () => {
    await on(
      lab,
      'w1',
      `apt-get -qq update; DEBIAN_FRONTEND=noninteractive apt-get -y -qq install --no-install-recommends docker.io docker-cli
       printf '%s\n' '${own}' >/etc/docker/daemon.json
       systemctl restart docker.service`,
    )
    expectCode(await provision(lab), 0)
    await on(lab, 'w1', `docker run -q -d --name theirs --restart always ${catalogue.busybox.image} sleep 86400`)
    await on(lab, 'w1', 'echo "192.0.2.9 printer" >>/etc/hosts; echo "# of somebody" >>/etc/crictl.yaml')
    const ran = await provision(lab, ['reset', 'w1', '--packages', '--yes'])
    expectCode(ran, 0)
    expect(await on(lab, 'w1', 'cat /etc/docker/daemon.json')).toBe(`${own}\n`)
    expect(await on(lab, 'w1', "docker inspect theirs --format '{{.State.Running}}'")).toBe('true\n')
    expect(await on(lab, 'w1', 'systemctl is-active docker.service containerd.service')).toBe('active\nactive\n')
    expect(await on(lab, 'w1', 'ctr -n k8s.io containers ls -q; ip -o link show docker0 | wc -l')).toBe('1\n')
    expect(await on(lab, 'w1', 'cat /etc/hosts')).toMatch(/printer/)
    expect(await on(lab, 'w1', 'cat /etc/hosts')).not.toMatch(/provision/)
    expect(await on(lab, 'w1', 'cat /etc/crictl.yaml')).toContain('of somebody')
    for (const told of ['/etc/hosts', '/etc/crictl.yaml']) expect(notices(ran).join('\n')).toContain(told)
    expect(await on(lab, 'w1', 'command -v kubelet kubeadm || echo none')).toBe('none\n')
  })
})

describe('the whole cluster', () => {
  test('leaves a node alone that somebody else made, until it is named', async () => {
    expectCode(await provision(lab), 0)
    await on(lab, 'w1', 'rm -rf /var/lib/provision/ledger')
    const ran = await provision(lab, ['reset', '--yes'])
    const summary = expectCode(ran, 1)
    expect(summary.hosts.map((host) => `${host.name} ${host.outcome}`)).toEqual(['cp1 changed', 'w1 failed'])
    expect(summary.failures[0]?.log).toContain('provision reset HOST')
    expect(await on(lab, 'w1', 'test -e /etc/kubernetes/kubelet.conf && echo there')).toBe('there\n')
    expectCode(await provision(lab, ['reset', 'w1', '--yes']), 0)
    expect(await on(lab, 'w1', 'ls -d /etc/kubernetes /var/lib/provision 2>/dev/null || :')).toBe('')
  })

  test('is a cluster again', async () => {
    expectCode(await provision(lab), 0)
    expect(summaryOf(await provision(lab, ['plan'])).exitCode).toBe(0)
  })
})

/** Why the cluster holds the worker ready, or not. */
function readyReason(): Promise<string> {
  return kubectl(lab, `get node w1 -o jsonpath='{.status.conditions[?(@.type=="Ready")].reason}'`)
}

/** Everything of the program that is running there, at once: as a power cut would, but for the session. */
const killProgram = `for each in $(grep -lsz '^/run/provision/.*/program$' /proc/[0-9]*/cmdline); do
  pid=\${each#/proc/}; kill -KILL "\${pid%/cmdline}" 2>/dev/null || :
done`

/** A table of the operator's own that lets in ssh and what the cluster's other host wants, and drops all else. */
async function foreignFirewall(): Promise<void> {
  const leader = await leaderOf(hostOf(lab, 'w1').id)
  const friends = `{ ${lab.lab.gateway}, ${lab.lab.upstream.address}, ${hostOf(lab, 'cp1').address} }`
  const table = `table inet guard {
    set friends { type ipv4_addr; elements = ${friends} }
    chain input {
      type filter hook input priority filter; policy drop;
      iif lo accept
      ct state established,related accept
      tcp dport 22 counter accept comment "the operator"
      ip saddr @friends tcp dport 10250 accept
      ip saddr 10.244.0.0/16 accept
    }
  }`
  const { exitCode, stderr } = await ask`nsenter -t ${leader} -n sh -c ${`nft -f - <<'END'\n${table}\nEND`}`
  if (exitCode !== 0) throw new Error(stderr)
}

/** What an operator may have on a host before it becomes a node, with names as near to ours as can be. */
async function foreignThings(): Promise<void> {
  await on(
    lab,
    'w1',
    `iptables -A INPUT -s 192.0.2.7 -m comment --comment "kubernetes, but the operator's" -j DROP
     iptables -N OPERATOR
     iptables -A OPERATOR -d 192.0.2.8 -j DROP
     iptables -A FORWARD -j OPERATOR
     ip route add 198.51.100.0/24 via ${lab.lab.gateway}
     ip link add br-operator type bridge
     mkdir -p /etc/cni/net.d /opt/cni/bin /var/lib/cni/theirs
     echo '{}' >/etc/cni/net.d/99-theirs.conf
     echo '#!/bin/sh' >/opt/cni/bin/theirs`,
  )
}

/** Pods with volumes, a host port and logs. */
async function busy(): Promise<void> {
  const pod = (name: string, hostPort: number) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName: 'w1',
      containers: [
        {
          name: 'busy',
          image: catalogue.busybox.image,
          command: ['sh', '-c', 'while :; do date | tee /data/now; sleep 1; done'],
          ports: [{ containerPort: 8080, hostPort }],
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }],
    },
  })
  for (const each of [pod('busy-1', 8081), pod('busy-2', 8082)]) {
    await on(
      lab,
      'cp1',
      `kubectl --kubeconfig /etc/kubernetes/admin.conf apply -f - <<'END'\n${JSON.stringify(each)}\nEND`,
    )
  }
  await kubectl(lab, 'wait --for=condition=Ready pod/busy-1 pod/busy-2 --timeout=120s')
  expect(await on(lab, 'w1', 'iptables-save | grep -c CNI-')).not.toBe('0\n')
}

/** The host without what changes by itself: times of files and sizes of directories. */
async function whole(host: string): Promise<Snapshot> {
  const found = await snapshot(lab, host)
  return new Map(
    [...found].map(([key, value]) => [key, key.startsWith('tree ') ? value.replace(/ [0-9.]+ [0-9]+$/, '') : value]),
  )
}

/** Without what pods do by the second. */
function steady(found: Snapshot): Snapshot {
  const moving =
    /^(tree|content) (\/var\/(log|cache\/apt|lib\/(kubelet|containerd|docker|cni\/(networks|results)))|\/home|\/etc\/mtab)|^sysctl |^unit |^enabled |^temporary |^run /
  return new Map([...found].filter(([key]) => !moving.test(key)))
}

function notices(ran: Ran): string[] {
  return ran.events.flatMap((event) => (event.kind === 'notice' && event.level === 'warning' ? [event.message] : []))
}

function expectedly(ran: Ran): Ran {
  expectCode(ran, 0)
  return ran
}
