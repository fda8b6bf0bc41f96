import { cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { helmVersion } from '../../lab/src/release.ts'
import { catalogue } from '../../src/catalogue/load.ts'
import { readFolder } from '../../src/inventory/load.ts'
import { packFiles } from '../../src/modules/helm/chart-archive.ts'
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
  variant,
} from './harness.ts'

// Releases of Helm in a cluster of one host: from a folder and from a registry, changed, broken, cut short and taken out.
let lab: TestLab
let registry: string
let repository: string

const hello = { chart: './charts/hello', namespace: 'shop' }
const shown = (ran: Ran) => ran.events.flatMap((event) => (event.kind === 'task' ? [event.diff ?? ''] : [])).join('\n')
const changed = (ran: Ran) => results(ran, ['changed', 'would-change', 'unknown'])

/** An inventory with these releases, its chart beside it. */
function inventoryOf(releases: Record<string, object> | undefined, more: object = {}): { readonly inventory: string } {
  const inventory = variant(lab, 'helm', (file) => {
    Object.assign(file.hosts.cp1 as object, { taints: [] })
    const listed = { host: repository, insecure: true, username: 'puller', password: { file: 'password' } }
    Object.assign(file, { registries: { private: [{ host: registry, insecure: true }, listed] } }, more)
    if (releases !== undefined) Object.assign(file, { helm: { version: helmVersion, releases } })
  })
  cpSync(new URL('charts', import.meta.url), join(dirname(inventory), 'charts'), { recursive: true })
  writeFileSync(join(dirname(inventory), 'secrets.yaml'), 'password: sesame-2048\n', { mode: 0o600 })
  writeFileSync(join(dirname(inventory), 'password'), 'sesame-4096\n', { mode: 0o600 })
  return { inventory }
}

const greeting = async (name: string) =>
  (await kubectl(lab, `-n shop get configmap ${name} -o jsonpath={.data.greeting}`)).trim()
const helm = (words: string) => on(lab, 'cp1', `helm --kubeconfig /etc/kubernetes/admin.conf -n shop ${words}`)

beforeAll(async () => {
  lab = await freshLab({ hosts: 1, addons: true })
  registry = `${lab.lab.upstream.address}:5000`
  repository = `${hostOf(lab, 'cp1').address}:8099`
  expectCode(await provision(lab, [], inventoryOf({ own: hello })), 0)
})

afterAll(removeLab)

test('a chart in a folder is installed with the cluster, and a second run has nothing to do', async () => {
  expect(await greeting('own')).toBe('Hello')
  const ran = await provision(lab, [], inventoryOf({ own: hello }))
  expectCode(ran, 0)
  expect(changed(ran)).toEqual([])
})

test('the shells there complete what they are used for', async () => {
  const completed = await on(lab, 'cp1', 'ls /usr/local/share/bash-completion/completions')
  expect(completed.split('\n')).toEqual(expect.arrayContaining(['helm', 'kubeadm', 'kubectl']))
  await on(lab, 'cp1', 'bash -n /usr/local/share/bash-completion/completions/helm')
})

describe('a changed value', () => {
  const values = { greeting: 'Good day' }

  test('is what a plan shows', async () => {
    const ran = await provision(lab, ['plan'], inventoryOf({ own: { ...hello, values } }))
    expectCode(ran, 3)
    expect(changed(ran)).toEqual(['cp1: Release own'])
    expect(shown(ran)).toMatch(/^- {2}greeting: "Hello"\n\+ {2}greeting: "Good day"$/m)
    expect(shown(ran)).not.toMatch(/^[-+] .*password/m)
    expect(await greeting('own')).toBe('Hello')
  })

  test('is what then happens', async () => {
    const ran = await provision(lab, [], inventoryOf({ own: { ...hello, values } }))
    expectCode(ran, 0)
    expect(changed(ran)).toEqual(['cp1: Release own'])
    expect(await greeting('own')).toBe('Good day')
    expect(await helm('get manifest own')).toContain('greeting: "Good day"')
  })

  test('by somebody else, with helm, is noticed and put back', async () => {
    await helm('rollback own 1')
    expect(await greeting('own')).toBe('Hello')
    const wanted = inventoryOf({ own: { ...hello, values } })
    const ran = await provision(lab, [], wanted)
    expect(changed(ran)).toEqual(['cp1: Release own'])
    expect(await greeting('own')).toBe('Good day')
    expect(changed(await provision(lab, [], wanted))).toEqual([])
  })
})

describe('a chart in a registry or a repository', () => {
  const web = () => ({ chart: `oci://${registry}/charts/hello`, version: '0.1.0', namespace: 'shop' })
  const secretValues = { file: 'secrets.yaml' }

  beforeAll(async () => {
    const files = readFolder(new URL('charts/hello', import.meta.url).pathname) ?? new Map()
    const packed = Buffer.from(packFiles(files)).toString('base64')
    await on(lab, 'cp1', `mkdir -p /run/push/hello && echo ${packed} | base64 -d | tar -xzf - -C /run/push/hello`)
    const push = `helm package hello && helm push hello-0.1.0.tgz oci://${registry}/charts --plain-http`
    const list = 'mkdir www && mv *.tgz www && helm repo index www && echo /:puller:sesame-4096 >httpd.conf'
    const httpd = `${catalogue.busybox.image} httpd -f -p 8099 -h /push/www -c /push/httpd.conf`
    const serve = `docker run -q -d --name charts --net host -v /run/push:/push:ro ${httpd}`
    await on(lab, 'cp1', `cd /run/push && ${push} && ${list} && ${serve}`)
  })

  test('is installed, with values that nobody sees', async () => {
    const wanted = inventoryOf({ own: { ...hello, values: { greeting: 'Good day' } }, web: { ...web(), secretValues } })
    const ran = await provision(lab, [], wanted)
    expectCode(ran, 0)
    expect(changed(ran)).toEqual(['cp1: Release web'])
    expect(ran.output).not.toContain('sesame-2048')
    expect(await kubectl(lab, '-n shop get secret web -o jsonpath={.data.password}')).toBe(
      Buffer.from('sesame-2048').toString('base64'),
    )
    expect(changed(await provision(lab, [], wanted))).toEqual([])
    expect(await on(lab, 'cp1', 'grep -rl sesame-2048 /run/provision /var/lib/provision /root || :')).toBe('')
  })

  test('is fetched from a repository with the login that the site has there', async () => {
    const listed = { chart: 'hello', repository: `http://${repository}`, version: '0.1.0', namespace: 'shop' }
    const wanted = inventoryOf({ own: { ...hello, values: { greeting: 'Good day' } }, listed })
    const ran = await provision(lab, [], wanted)
    expectCode(ran, 0)
    expect(changed(ran)).toContain('cp1: Release listed')
    expect(ran.output).not.toContain('sesame-4096')
    expect(await greeting('listed')).toBe('Hello')
  })

  test('that is not there fails without touching what is', async () => {
    const ran = await provision(lab, [], inventoryOf({ own: hello, web: { ...web(), version: '9.9.9' } }))
    expectCode(ran, 1)
    expect(changed(ran)).toEqual(['cp1: Release own', 'cp1: Unlisted releases uninstalled'])
    expect(summaryOf(ran).failures.map((failure) => failure.title)).toEqual(['Release web'])
    expect(await greeting('own')).toBe('Hello')
    await on(lab, 'cp1', 'docker rm -f charts >/dev/null; rm -r /run/push')
  })
})

describe('what does not become ready', () => {
  const broken = { ...hello, values: { greeting: 'Never', ready: false } }

  test('is taken back, and the run says why', async () => {
    const ran = await provision(lab, [], inventoryOf({ own: { ...broken, timeout: '15s' } }))
    expectCode(ran, 1)
    expect(ran.output).toContain('not ready')
    expect(await greeting('own')).toBe('Hello')
  })

  test('and is cut short leaves nothing that the next run cannot put right', async () => {
    const running = start(lab, [], inventoryOf({ own: { ...broken, timeout: '5m' } }))
    for (;;) {
      await pause(1000)
      const states = await kubectl(lab, '-n shop get secrets -l owner=helm,status=pending-upgrade -o name')
      if (states !== '') break
    }
    await on(lab, 'cp1', 'kill -9 $(pidof helm)')
    expectCode(await running.ended, 1)
    const wanted = inventoryOf({ own: { ...hello, values: { greeting: 'Again' } } })
    expectCode(await provision(lab, [], wanted), 0)
    expect(await greeting('own')).toBe('Again')
    expect(changed(await provision(lab, [], wanted))).toEqual([])
  })
})

test('what is no longer named goes, with what was made for it; Helm last', async () => {
  const planned = await provision(lab, ['plan'], inventoryOf({}))
  expect(changed(planned)).toEqual(['cp1: Unlisted releases uninstalled'])
  expect(shown(planned)).toMatch(/^- shop\/own\n- {3}Secret own\n- {3}ConfigMap own\n- {3}Deployment own$/m)
  const none = inventoryOf(undefined, { completion: false })
  expectCode(await provision(lab, [], none), 0)
  expect(await kubectl(lab, 'get secrets -A -l owner=helm -o name')).toBe('')
  await kubectl(lab, 'wait --for=delete namespace/shop --timeout 60s')
  // As Helm has it: what is stored of them would go with them.
  expect(await kubectl(lab, 'get crd greetings.lab.provision -o name')).not.toBe('')
  const left =
    'ls -d /usr/local/bin/helm /usr/local/share/bash-completion/completions/* /var/lib/provision/completions 2>/dev/null || :'
  expect(await on(lab, 'cp1', left)).toBe('')
  expect(changed(await provision(lab, [], none))).toEqual([])
})

test('a reset takes Helm and completion with everything else', async () => {
  expectCode(await provision(lab, [], inventoryOf({})), 0)
  await on(lab, 'cp1', 'test -x /usr/local/bin/helm && test -e /usr/local/share/bash-completion/completions/helm')
  expectCode(await provision(lab, ['reset', '--yes'], inventoryOf({})), 0)
  expect(await on(lab, 'cp1', 'ls -d /usr/local/bin/helm /usr/local/share/bash-completion 2>/dev/null || :')).toBe('')
})
