import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cgroupV1 } from '../../lab/src/cgroups.ts'
import { keyFiles } from '../../lab/src/keys.ts'
import { loginUser } from '../../lab/src/layer.ts'
import { labFiles } from '../../lab/src/model.ts'
import { catalogue } from '../../src/catalogue/load.ts'
import { loadInventory } from '../../src/inventory/load.ts'
import { loadTemplate, templateDirectory } from '../../src/playbook/load.ts'
import { render } from '../../src/playbook/render.ts'
import { variablesOf } from '../../src/variables/variables.ts'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  removeLab,
  results,
  type TestLab,
  variant,
} from '../lab/harness.ts'

// A cluster of two that a script made with kubeadm, without us, and a third host.
let lab: TestLab
let two: string

beforeAll(async () => {
  lab = await freshLab({ hosts: 3, systems: ['debian-13'] })
  two = variant(lab, 'two', ({ hosts }) => {
    delete hosts.w2
  })
  byHand()
})

afterAll(removeLab)

test('a host is added, and the nodes that were there are left as they are', async () => {
  const before = await nodes()
  const ran = await provision(lab, ['add', 'w2'])
  expect(expectCode(ran, 0).scope).toEqual({ of: 3, contacted: 2, elsewhere: 0 })
  expect(results(ran, ['failed'])).toEqual([])
  expect(await kubectl(lab, 'wait --for=condition=Ready node/w2 --timeout 5s')).toContain('condition met')
  expect(await nodes()).toEqual(before)
  expect(await on(lab, 'w1', 'ls /var/lib/provision 2>/dev/null || :')).toBe('')
})

test('a whole run keeps its nodes as the inventory says: nothing is made again, and no container ends', async () => {
  const [before, authority] = [await nodes(), await on(lab, 'cp1', 'sha256sum /etc/kubernetes/pki/*.crt')]
  const ran = await provision(lab)
  expectCode(ran, 0)
  const changed = results(ran, ['changed'])
  expect(changed).not.toContain('cp1: kubeadm init')
  expect(changed).not.toContain('w1: kubeadm join')
  expect(await on(lab, 'cp1', 'sha256sum /etc/kubernetes/pki/*.crt')).toBe(authority)
  expect(await nodes()).toEqual(before)
  const again = await provision(lab)
  expectCode(again, 0)
  expect(results(again, ['changed'])).toEqual([])
})

test('its version is not what the inventory would like: refused, and its packages stay', async () => {
  const newer = variant(lab, 'newer', (inventory) => {
    Object.assign(inventory.kubernetes as object, { version: '1.36.1' })
  })
  const ran = await provision(lab, ['--limit', 'w1'], { inventory: newer })
  expect(ran.code).toBe(1)
  expect(results(ran, ['failed'])).toEqual(['w1: Kubernetes version unchanged'])
  expect(ran.output).toContain('set kubernetes.version back to v1.36.3')
})

/**
 * Of the two nodes: who they are, and every pod of theirs, with its containers since when. The containers are left out on
 * cgroup v1: there a reload of systemd takes processes out of the devices hierarchy, in which containerd looks for them
 * when it starts, and those it does not find it ends as leaked.
 */
async function nodes(): Promise<unknown> {
  const containers = '{{range .status.containerStatuses}} {{.containerID}} {{.state.running.startedAt}}{{end}}'
  const template = `{{range .items}}{{.spec.nodeName}} {{.metadata.name}} {{.metadata.uid}}${cgroupV1() ? '' : containers}{{"\\n"}}{{end}}`
  const pods = await kubectl(lab, `get pods -n kube-system -o go-template='${template}'`)
  return {
    nodes: await kubectl(lab, "get nodes cp1 w1 -o jsonpath='{.items[*].metadata.uid}'"),
    pods: pods
      .split('\n')
      .filter((line) => /^(cp1|w1) /.test(line))
      .sort(),
  }
}

/** Runs the script of the bench on the first two hosts. */
function byHand(): void {
  const place = join(dirname(two), 'by-hand')
  mkdirSync(place)
  const { identity, sudoPassword } = keyFiles(lab.lab.name)
  const hosts = lab.lab.hosts.slice(0, 2)
  writeFileSync(
    join(place, 'hosts'),
    hosts.map((host) => `${host.name} ${loginUser(host)} ${host.address} ${host.role}\n`).join(''),
  )
  copyFileSync(identity, join(place, 'key'))
  copyFileSync(sudoPassword, join(place, 'sudo-password'))
  copyFileSync(join(labFiles, 'network/manifest.yaml'), join(place, 'network.yaml'))
  const inventory = loadInventory(two)
  const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
  const { text, file } = loadTemplate('kubernetes/probe.yaml.ejs', [templateDirectory])
  const scope = variablesOf(inventory, inventory.hosts[0] as (typeof inventory.hosts)[number], facts, catalogue)
  writeFileSync(join(place, 'probe.yaml'), render(text, file, { ...scope, absent: [] }))
  const script = new URL('../../bench/by-hand.sh', import.meta.url).pathname
  const ran = spawnSync(script, [place], {
    encoding: 'utf8',
    env: { ...process.env, UPSTREAM: lab.lab.upstream.address },
  })
  if (ran.status === 0) return
  const logs = ['cp1', 'w1', 'w1-join', 'cp1-verify'].map((name) => tail(join(place, `${name}.log`)))
  throw new Error(`by hand: exit ${ran.status}\n${ran.stdout}${ran.stderr}${logs.join('\n')}`)
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-1500)
  } catch {
    return `${file}: not there`
  }
}
