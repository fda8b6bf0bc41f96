import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { catalogue } from '../../src/catalogue/load.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  type Ran,
  reinstall,
  removeLab,
  results,
  stateDirectory,
  summaryOf,
  type TestLab,
  variant,
  writePlaybook,
} from './harness.ts'

// A cluster that stands, and what its operator does with it from then on.
let lab: TestLab

beforeAll(async () => {
  lab = await freshLab()
  expectCode(await provision(lab), 0)
})

afterAll(removeLab)

/** What somebody did by hand, and the tasks that have to notice. */
const drifts = parse(readFileSync(new URL('cases/drift.yaml', import.meta.url), 'utf8')) as readonly {
  readonly host: string
  readonly by: string
  readonly noticed?: readonly string[]
  readonly told?: readonly string[]
}[]

describe('drift', () => {
  const noticed = drifts.flatMap((drift) => drift.noticed ?? []).sort()
  const told = drifts.flatMap((drift) => drift.told ?? [])
  let described: { readonly inventory: string }
  let running: string

  /** Every warning of a run, as `HOST: MESSAGE`. */
  const warnings = (ran: Ran) => summaryOf(ran).warnings.map((each) => `${each.host}: ${each.message}`)
  const missed = (ran: Ran) => told.filter((each) => !warnings(ran).some((warning) => warning.startsWith(each)))

  test('of an inventory that says more of its nodes', async () => {
    described = {
      inventory: variant(lab, 'described', (inventory) => {
        Object.assign(inventory.hosts.w1 as object, { labels: { tier: 'gold' } })
        Object.assign(inventory.hosts.w2 as object, { taints: ['gpu=true:PreferNoSchedule'] })
        Object.assign(inventory.kubernetes as object, { apiServer: { extraArgs: { profiling: 'false' } } })
      }),
    }
    expectCode(await provision(lab, [], described), 0)
  })

  test('is what a plan shows, and nothing else', async () => {
    await on(lab, 'w1', `docker run -q -d --name steady ${catalogue.busybox.image} sleep 86400`)
    running = await containers()
    for (const drift of drifts) await on(lab, drift.host, drift.by)
    const ran = await provision(lab, ['plan'], described)
    expectCode(ran, 3)
    expect(results(ran, ['would-change', 'unknown'])).toEqual(noticed)
    expect(missed(ran)).toEqual([])
  })

  test('is repaired, while containers go on; what is not the inventory’s is left and told', async () => {
    const ran = await provision(lab, [], described)
    expectCode(ran, 0)
    expect(results(ran, ['changed'])).toEqual(noticed)
    expect(await containers()).toBe(running)
    const after = await provision(lab, ['plan'], described)
    expectCode(after, 0)
    expect(missed(after)).toEqual([])
    expect(await on(lab, 'cp1', 'head -1 /etc/kubernetes/manifests/kube-scheduler.yaml')).toBe('# by hand\n')
    expect(await kubectl(lab, 'get node w1 -L tier --no-headers')).toContain('gold')
    const w2 = await kubectl(lab, "get node w2 -o jsonpath='{.spec.taints[*].key} {.metadata.labels.foreign}'")
    expect(w2.split(' ').sort()).toEqual(['foreign', 'gpu', 'yes'])
  })

  test('that is accepted is told no more', async () => {
    for (const host of ['cp1', 'w2']) await on(lab, host, 'rm -r /var/lib/provision/kubeadm-files')
    expectCode(await provision(lab, [], described), 0)
    expect(warnings(await provision(lab, ['plan'], described)).filter((each) => each.includes('was changed'))).toEqual(
      [],
    )
    // As the lab's own inventory describes it, for the tests that follow.
    await kubectl(lab, 'taint node w2 foreign-')
    expectCode(await provision(lab), 0)
  })
})

describe('other commands', () => {
  test('status: all is well', async () => {
    const ran = await provision(lab, ['status'])
    expect(ran.code, ran.output).toBe(0)
    const status = JSON.parse(ran.output)
    expect(status.nodes.map((node: { name: string }) => node.name).sort()).toEqual(['cp1', 'w1', 'w2'])
    expect(status.pods.notReady).toEqual([])
    expect(status.etcd).toMatchObject({ healthy: 1, mayFail: 0 })
    for (const host of status.hosts) expect(host.certificates[0].daysLeft, host.name).toBeGreaterThan(300)
  })

  test('kubeconfig: where it is, and what it is', async () => {
    const path = (await provision(lab, ['kubeconfig', '--path'])).output.trim()
    expect(path).toBe(join(stateDirectory(lab.inventory), 'kubeconfig'))
    expect((await provision(lab, ['kubeconfig'])).output).toBe(readFileSync(path, 'utf8'))
  })

  test('run: a playbook of one’s own, planned, run and run again', async () => {
    const file = await playbook('own.yaml', 'file: { path: /etc/own, content: "of ${host.name}\\n" }')
    const planned = await provision(lab, ['run', file, '--check', '--limit', 'w*'])
    expectCode(planned, 3)
    expect(results(planned, ['would-change'])).toEqual(['w1: Something of one’s own', 'w2: Something of one’s own'])
    expect(await on(lab, 'w1', 'cat /etc/own 2>/dev/null || :')).toBe('')
    const made = await provision(lab, ['run', file, '--limit', 'w*'])
    expectCode(made, 0)
    expect(results(made, ['changed'])).toEqual(results(planned, ['would-change']))
    expect(await on(lab, 'w2', 'cat /etc/own')).toBe('of w2\n')
    expect(results(await provision(lab, ['run', file, '--limit', 'w*']), ['changed'])).toEqual([])
  })

  test('run: one host fails, the others go on, exit 1', async () => {
    const file = await playbook(
      'fails.yaml',
      'command: { run: "test $(hostname) != w1 || { echo broken here; exit 7; }", always: true }',
    )
    const ran = await provision(lab, ['run', file])
    const summary = expectCode(ran, 1)
    expect(summary.hosts.map((host) => `${host.name} ${host.outcome}`)).toEqual([
      'cp1 changed',
      'w1 failed',
      'w2 changed',
    ])
    expect(summary.failures).toMatchObject([{ host: 'w1', code: 7, source: { file, line: 6 } }])
    expect(summary.failures[0]?.log).toContain('broken here')
  })

  test('hooks run in their places', async () => {
    const file = await playbook('hook.yaml', 'command: { run: date, always: true }')
    const hooked = variant(lab, 'hooked', (inventory) => {
      inventory.hooks = [{ before: 'runtime', run: file }]
    })
    const ran = await provision(lab, ['--limit', 'w1'], { inventory: hooked })
    expectCode(ran, 0)
    const phases = ran.events.flatMap((event) => (event.kind === 'phase' && event.host === 'w1' ? [event.phase] : []))
    expect(phases.slice(phases.indexOf('own') - 1).slice(0, 3)).toEqual(['prepare', 'own', 'runtime'])
    expect(results(ran, ['changed'])).toEqual(['w1: Something of one’s own'])
  })

  test('wrong input: exit 2, and no host is contacted', async () => {
    const wrong = variant(lab, 'wrong', (inventory) => {
      Object.assign(inventory.hosts, { w1: { address: 'nowhere', rolle: 'worker' } })
    })
    const ran = await provision(lab, [], { inventory: wrong })
    expect(ran.code).toBe(2)
    expect(ran.events.map((event) => event.kind)).toEqual(['refused'])
    expect(ran.output).toMatch(/wrong\/hosts\.yaml:\d+:\d+/)
  })
})

describe('hosts that are not there', () => {
  test('fail alone', async () => {
    const lost = variant(lab, 'lost', (inventory) => {
      Object.assign(inventory.hosts, { w3: { address: nobody(), role: 'worker' } })
    })
    const file = await playbook('any.yaml', 'command: { run: ":", always: true }')
    const summary = expectCode(await provision(lab, ['run', file, '--timeout', '5s'], { inventory: lost }), 1)
    const outcomes = Object.fromEntries(summary.hosts.map((host) => [host.name, host.outcome]))
    expect(outcomes).toEqual({ cp1: 'changed', w1: 'changed', w2: 'changed', w3: 'unreachable' })
  })

  test('are left out where the inventory says that they are down', async () => {
    const down = variant(lab, 'down', (inventory) => {
      Object.assign(inventory.hosts, { w3: { address: nobody(), role: 'worker', state: 'down' } })
    })
    const summary = expectCode(await provision(lab, ['plan'], { inventory: down }), 3)
    expect(summary.hosts.find((host) => host.name === 'w3')).toMatchObject({ outcome: 'down', connections: 0 })
  })
})

describe('a node that was installed anew', () => {
  test('is not taken for the one it was', async () => {
    await kubectl(lab, 'delete node w2')
    await reinstall(lab, 'w2')
    const summary = expectCode(await provision(lab, ['--limit', 'w2']), 1)
    expect(summary.hosts[0]).toMatchObject({ name: 'w2', outcome: 'unreachable' })
    expect(summary.hosts[0]?.error).toMatch(/host key/)
  })

  test('joins, with the control plane asked for the token alone', async () => {
    const known = join(stateDirectory(lab.inventory), 'known_hosts')
    const lines = readFileSync(known, 'utf8').split('\n')
    await writeFile(known, lines.filter((line) => !line.includes(hostOf(lab, 'w2').address)).join('\n'))
    const ran = await provision(lab, ['--limit', 'w2'])
    const summary = expectCode(ran, 0)
    expect(summary.hosts.map((host) => `${host.name} ${host.outcome}`)).toEqual(['w2 changed', 'cp1 changed'])
    const elsewhere = ran.events.filter((event) => event.kind === 'task' && event.host !== 'w2')
    expect([...new Set(elsewhere.map((event) => event.kind === 'task' && event.title))]).toEqual([
      'API server responding',
      'Join token',
      'Cluster CA',
    ])
  })

  test('is one of the cluster after the next run, and the one after it changes nothing', async () => {
    const ran = await provision(lab)
    expectCode(ran, 0)
    expect(results(ran, ['changed']).every((task) => task.startsWith('cp1: '))).toBe(true)
    expect(results(await provision(lab), ['changed'])).toEqual([])
    expect(summaryOf(await provision(lab, ['plan'])).exitCode).toBe(0)
  })
})

/** Every container of w1, by id and the time it was started, whoever runs it. */
function containers(): Promise<string> {
  const pods =
    'kubectl --kubeconfig /etc/kubernetes/kubelet.conf get pods -A --field-selector spec.nodeName=w1 -o jsonpath=\'{range .items[*].status.containerStatuses[*]}{.containerID} {.state.running.startedAt}{"\\n"}{end}\''
  return on(lab, 'w1', `docker inspect steady --format '{{.Id}} {{.State.Pid}} {{.State.StartedAt}}'; ${pods} | sort`)
}

function playbook(name: string, task: string): Promise<string> {
  return writePlaybook(lab, name, [`name: Something of one’s own`, task])
}

/** An address of the lab's network that no host has. */
function nobody(): string {
  return lab.lab.gateway.replace(/1$/, '99')
}
