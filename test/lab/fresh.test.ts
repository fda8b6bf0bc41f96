import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyFiles } from '../../lab/src/keys.ts'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  type Ran,
  removeLab,
  results,
  stateDirectory,
  type TestLab,
} from './harness.ts'
import { forms, leaksHere, leaksIn, leaksOn, watchProcesses } from './secrets.ts'
import { differences, type Snapshot, snapshot } from './snapshot.ts'

/** Tasks that change without being planned, and why. */
const unplanned: Record<string, string> = {
  'Join token': 'made only when a joining host asks for it',
  'API server responding': 'waited for only when a joining host asks for a token',
}

/** Tasks that are planned, and find that an earlier task has already done what they want. */
const done: Record<string, string> = {
  'Time synchronisation running': 'Debian starts what it installs',
  'containerd running': 'Debian starts what it installs',
  'Docker running': 'Debian starts what it installs',
  'Admin kubeconfig': 'kubeadm init writes it',
  'Kubelet running with current settings': 'kubeadm init and join start it',
}

let lab: TestLab
let names: string[]

beforeAll(async () => {
  lab = await freshLab()
  names = lab.lab.hosts.map((host) => host.name)
})

afterAll(removeLab)

describe('fresh hosts', () => {
  let planned: Ran
  let made: Ran

  test('are left alone by a plan', async () => {
    const before = await snapshots()
    planned = await provision(lab, ['plan'])
    expectCode(planned, 3)
    const after = await snapshots()
    for (const name of names) {
      expect(before.get(name)?.size, name).toBeGreaterThan(10_000)
      expect(differences(before.get(name)!, after.get(name)!), name).toEqual([])
    }
  })

  test('become a cluster, and nobody saw a secret meanwhile', async () => {
    const begun = Date.now()
    const watch = await watchProcesses(lab)
    await on(lab, 'w1', 'EXAMPLE=seen-in-environment sh -c "sleep 0.5; : seen-in-argv"')
    made = await provision(lab)
    const shown = await watch.stop()
    const summary = expectCode(made, 0)
    for (const host of summary.hosts) {
      expect(host.connections, host.name).toBe(1)
      expect(host.execs, host.name).toBeLessThanOrEqual(host.name === 'cp1' ? 3 : 2)
    }
    // That whoever looks sees what is there to be seen.
    expect(leaksIn(shown, ['seen-in-environment'])).not.toEqual([])
    expect(leaksIn(shown, ['seen-in-argv'])).not.toEqual([])
    expect(leaksHere(['"run-started"'], begun, stateDirectory(lab.inventory))).not.toEqual([])
    const planted = ['/var/tmp/planted', '/run/planted']
    await on(lab, 'w1', `echo seen-in-files | tee ${planted.join(' ')}; logger seen-in-files`)
    const found = await leaksOn(lab, 'w1', ['seen-in-files'])
    for (const place of [...planted, 'w1 root']) expect(found.join('\n')).toContain(place)

    const tokens = await bootstrapTokens()
    expect(tokens).not.toEqual([])
    const password = readFileSync(keyFiles(lab.lab.name).sudoPassword, 'utf8').trim()
    const patterns = [password, ...tokens].flatMap(forms)
    expect(leaksIn(shown, patterns)).toEqual([])
    expect(leaksIn(made.output, patterns)).toEqual([])
    expect(leaksHere(patterns, begun, stateDirectory(lab.inventory))).toEqual([])
    for (const name of names) expect(await leaksOn(lab, name, patterns)).toEqual([])
    expect(shown + made.output).not.toMatch(/--token\s+[a-z0-9]{6}\.[a-z0-9]{16}\b/)
  })

  test('change where the plan said so, and nowhere else', () => {
    const changed = results(made, ['changed']).filter((task) => !(withoutHost(task) in unplanned))
    const expected = results(planned, ['would-change', 'unknown']).filter((task) => !(withoutHost(task) in done))
    for (const title of Object.keys({ ...unplanned, ...done })) expect(titles(made), 'an exception').toContain(title)
    expect(results(made, ['changed']).filter((task) => withoutHost(task) in done)).toEqual([])
    expect(changed).toEqual(expected)
  })

  test('are left alone by the next run', async () => {
    const summary = expectCode(await provision(lab), 0)
    for (const host of summary.hosts) {
      expect(host, host.name).toMatchObject({ outcome: 'converged', changed: 0, connections: 1, execs: 1 })
    }
  })

  test('have the plugins of Docker that people call first', async () => {
    for (const plugin of ['compose', 'buildx']) {
      expect(await on(lab, 'cp1', `docker ${plugin} version`), plugin).toMatch(/v?\d+\.\d+/)
    }
  })

  test('have nothing of a run left on them', async () => {
    // Locks are the kernel's; the files they are named by stay. Neither holds anything.
    const files = 'pending\nprogram.lock\nsession.lock\n'
    for (const name of names) expect(await on(lab, name, 'ls -A /run/provision'), name).toBe(files)
  })

  test('are the operator’s to use', async () => {
    const file = join(stateDirectory(lab.inventory), 'kubeconfig')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const remote = await on(
      lab,
      'w2',
      `cat >/run/operator.conf <<'END'\n${readFileSync(file, 'utf8')}\nEND\nkubectl --kubeconfig /run/operator.conf get nodes -o name; rm /run/operator.conf`,
    )
    expect(remote.trim().split('\n').sort()).toEqual(names.map((name) => `node/${name}`).sort())
  })
})

async function snapshots(): Promise<Map<string, Snapshot>> {
  return new Map(await Promise.all(names.map(async (name) => [name, await snapshot(lab, name)] as const)))
}

/** All tokens with which a node could join, in full and their secret halves. */
async function bootstrapTokens(): Promise<string[]> {
  const template =
    '{{range .items}}{{if eq .type "bootstrap.kubernetes.io/token"}}{{index .data "token-id"}} {{index .data "token-secret"}}{{"\\n"}}{{end}}{{end}}'
  const list = await kubectl(lab, `-n kube-system get secrets -o go-template='${template}'`)
  const decode = (text = '') => Buffer.from(text, 'base64').toString('utf8')
  return list
    .split('\n')
    .map((line) => line.split(' ').map(decode))
    .flatMap(([id, secret]) => [`${id}.${secret}`, `${secret}`])
}

function withoutHost(task: string): string {
  return task.slice(task.indexOf(': ') + 2)
}

function titles(ran: Ran): string[] {
  return ran.events.flatMap((event) => (event.kind === 'task' ? [event.title] : []))
}
