import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutPower, powerOn, waitForSsh } from '../../lab/src/power.ts'
import type { RunEvent } from '../../src/events/run-event.ts'
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
  start,
  stateDirectory,
  type TestLab,
  variant,
} from './harness.ts'
import { makeObjects, objectsOf, podContainers } from './objects.ts'

let lab: TestLab
let inventory: string
let archive: string
let before: { count: number; digest: string }

beforeAll(async () => {
  lab = await freshLab({ hosts: 2, controlPlanes: 1 })
  const identity = await generateIdentity()
  const recipient = await identityToRecipient(identity)
  inventory = variant(lab, 'operator', (all) => {
    all.backup = { recipients: [recipient], identity: 'key.txt' }
  })
  writeFileSync(join(dirname(inventory), 'key.txt'), `${identity}\n`, { mode: 0o600 })
  expectCode(await provision(lab, [], { inventory }), 0)
  await makeObjects(lab, 1000)
  before = await objectsOf(lab)
  expectCode(await provision(lab, ['backup'], { inventory }), 0)
  const backups = join(stateDirectory(inventory), 'backups')
  archive = join(backups, readdirSync(backups).find((name) => name.endsWith('.age')) as string)
})

afterAll(removeLab)

const restore = (words: readonly string[] = []) =>
  provision(lab, ['--yes', 'restore', archive, ...words], { inventory })

test('a cluster that lives is not restored by mistake', async () => {
  const ran = await restore()
  expect(ran.code).toBe(2)
  expect(ran.output).toMatch(/is running: its API responds on cp1/)
})

test('a living cluster is taken back where that is asked for, and pods that the archive knows run on', async () => {
  await kubectl(lab, 'delete configmap kept-1')
  await kubectl(lab, 'create configmap later')
  const running = await podContainers(lab, 'w1')
  const ran = await restore(['--force'])
  expectCode(ran, 0)
  expect(await objectsOf(lab)).toEqual(before)
  expect(await kubectl(lab, 'get configmap later --ignore-not-found')).toBe('')
  expect(await podContainers(lab, 'w1')).toEqual(running)
  expect(await nodesReady()).toEqual(['cp1', 'w1'])
})

describe('on hosts installed anew', () => {
  beforeAll(async () => {
    await reinstall(lab, 'cp1')
    await reinstall(lab, 'w1')
    rmSync(join(stateDirectory(inventory), 'known_hosts'))
  })

  test.for([
    ['cut short', (file: string) => truncateSync(file, 100_000)],
    ['altered', (file: string) => flip(file)],
  ] as const)('an archive that is %s is refused before anything is touched', async ([, spoil]) => {
    const spoilt = join(dirname(inventory), 'spoilt.tar.age')
    writeFileSync(spoilt, readFileSync(archive))
    spoil(spoilt)
    const ran = await provision(lab, ['--yes', 'restore', spoilt], { inventory })
    expect(ran.code).toBe(2)
    expect(await on(lab, 'cp1', 'ls -d /var/lib/provision /etc/kubernetes 2>/dev/null || :')).toBe('')
  })

  test('a key that does not fit is refused, too', async () => {
    const other = join(dirname(inventory), 'other.txt')
    writeFileSync(other, `${await generateIdentity()}\n`, { mode: 0o600 })
    expect((await restore(['--identity', other])).code).toBe(2)
    expect(await on(lab, 'cp1', 'ls -d /var/lib/provision /etc/kubernetes 2>/dev/null || :')).toBe('')
  })

  test('the power of the control plane is cut while data is put in place', async () => {
    const cut = await killedAt('cp1', 'CAs and etcd data restored', () => cutPower(hostOf(lab, 'cp1')))
    expect(cut.code).toBeUndefined()
    await powerOn(lab.lab, hostOf(lab, 'cp1'))
    await waitForSsh(hostOf(lab, 'cp1'))
  })

  test('the controller is killed while a worker joins', async () => {
    const killed = await killedAt('w1', 'kubeadm join', async () => {})
    expect(killed.code).toBeUndefined()
    expect(killed.output).toMatch(/Continuing the restore that began/)
  })

  test('the cluster is the same', async () => {
    const ran = await restore()
    expectCode(ran, 0)
    expect(ran.output).toMatch(/Continuing the restore that began/)
    expect(ran.output).toMatch(/Nothing lost: \d+ objects/)
    expect(await objectsOf(lab)).toEqual(before)
    expect(before.count).toBe(1000)
    expect(await nodesReady()).toEqual(['cp1', 'w1'])
    await kubectl(lab, 'rollout status deployment/idle --timeout 120s')
  })

  test('a run finds nothing to do', async () => {
    const again = await provision(lab, [], { inventory })
    expectCode(again, 0)
    expect(results(again, ['changed'])).toEqual([])
  })
})

/** Restores until a change begins on a host; then ends the controller at once, and does what else is to happen. */
async function killedAt(host: string, title: string, also: () => Promise<void>): Promise<Ran> {
  let acting: Promise<void> | undefined
  const onEvent = (event: RunEvent, running: { kill(signal: 'SIGKILL'): boolean }) => {
    if (event.kind !== 'task' || event.host !== host || event.title !== title || event.status !== 'start') return
    running.kill('SIGKILL')
    acting ??= also()
  }
  const ran = await start(lab, ['--yes', 'restore', archive], { inventory, onEvent }).ended
  await acting
  return ran
}

async function nodesReady(): Promise<string[]> {
  const template =
    '{{range .items}}{{$name := .metadata.name}}{{range .status.conditions}}{{if and (eq .type "Ready") (eq .status "True")}}{{$name}} {{end}}{{end}}{{end}}'
  return (await kubectl(lab, `get nodes -o go-template='${template}'`)).trim().split(' ').sort()
}

/** One bit in the middle of it. */
function flip(file: string): void {
  const bytes = readFileSync(file)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  writeFileSync(file, bytes)
}
