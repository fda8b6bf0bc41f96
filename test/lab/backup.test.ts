import {
  chmodSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Manifest } from '../../src/archive/manifest.ts'
import { openArchive } from '../../src/archive/open.ts'
import {
  expectCode,
  freshLab,
  kubectl,
  on,
  provision,
  removeLab,
  start,
  stateDirectory,
  summaryOf,
  type TestLab,
  variant,
} from './harness.ts'

// A cluster of one control plane with things in it that must not be lost, and its archives.
let lab: TestLab
let inventory: string
let identity: string

beforeAll(async () => {
  lab = await freshLab({ hosts: 1, controlPlanes: 1 })
  expectCode(await provision(lab), 0)
  // It goes in the background, with a ConfigMap of its own that would be counted.
  await kubectl(lab, 'wait --for=delete namespace/provision-verify --timeout 60s || :')
  await on(lab, 'cp1', fill)
  identity = await generateX25519Identity()
  const recipients = [await identityToRecipient(identity)]
  inventory = withBackup('archives', { recipients, identity: 'identity' })
  writeFileSync(join(dirname(inventory), 'identity'), `# a comment\n${identity}\n`, { mode: 0o600 })
})

afterAll(removeLab)

/** 500 ConfigMaps and 500 Secrets in two requests. */
const fill = `export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl create namespace precious
for kind in ConfigMap Secret; do
  i=0
  while [ $i -lt 500 ]; do
    i=$((i + 1))
    printf -- '---\\napiVersion: v1\\nkind: %s\\nmetadata: { name: it-%s, namespace: precious }\\n' $kind $i
    case $kind in ConfigMap) printf 'data: { value: "%s" }\\n' $i ;; *) printf 'stringData: { value: "%s" }\\n' $i ;; esac
  done
done | kubectl create -f - >/dev/null`

function withBackup(name: string, backup: object): string {
  return variant(lab, name, (file) => Object.assign(file, { backup }))
}

const directoryOf = (file: string): string => join(stateDirectory(file), 'backups')
const archivesOf = (file: string): string[] =>
  readdirSync(directoryOf(file))
    .filter((name) => name.endsWith('.age'))
    .sort()
    .map((name) => join(directoryOf(file), name))
const newest = (file: string): string => archivesOf(file).at(-1) as string

/** Nothing of it is left on the host: no file, no process of a scratch etcd. */
async function leftovers(): Promise<string> {
  return on(lab, 'cp1', "ls /var/lib/provision/runs 2>/dev/null; ps ax -o args= | grep '[p]roof' || :")
}

describe('an archive', () => {
  let manifest: Manifest

  test('is made: what is in the cluster is in it, and it is for its owner only', async () => {
    const ran = await provision(lab, ['backup'], { inventory })
    const summary = expectCode(ran, 0)
    expect(summary.hosts).toMatchObject([{ name: 'cp1', connections: 1, execs: 1 }])
    expect(archivesOf(inventory)).toHaveLength(1)
    expect(statSync(newest(inventory)).mode & 0o777).toBe(0o600)
    expect(statSync(directoryOf(inventory)).mode & 0o777).toBe(0o700)
    const archive = await openArchive(newest(inventory), { identities: [identity] }, lab.lab.name)
    manifest = archive.manifest
    expect(manifest).toMatchObject({ cluster: lab.lab.name, host: 'cp1', nodes: ['cp1'] })
    expect(manifest.objects.secrets).toBeGreaterThanOrEqual(500)
    const there = await on(
      lab,
      'cp1',
      'kubectl --kubeconfig /etc/kubernetes/admin.conf get configmaps -A --no-headers | wc -l',
    )
    expect(manifest.objects.configmaps).toBe(Number(there))
    expect(await leftovers()).toBe('')
  })

  test('is proven by restoring it, and nothing of that is left', async () => {
    const ran = await provision(lab, ['backup', 'verify', newest(inventory)], { inventory })
    expectCode(ran, 0)
    expect(ran.output).toContain('verified: restored, with all object counts')
    expect(await leftovers()).toBe('')
    const listed = await provision(lab, ['backup', 'list'], { inventory })
    expect(JSON.parse(listed.output).archives).toMatchObject([{ manifest, verifiedAt: expect.stringMatching(/^2/) }])
  })

  test('that says something else than it holds is not proven', async () => {
    // What is counted on the host is compared with what the archive says: so one is made that says something else.
    const lying = join(dirname(inventory), 'lying.tar.age')
    const { rewrite } = await import('./lying-archive.ts')
    await rewrite(newest(inventory), lying, identity, (said) => ({ ...said, objects: { ...said.objects, secrets: 7 } }))
    const ran = await provision(lab, ['backup', 'verify', lying], { inventory })
    expect(ran.code).toBe(1)
    expect(ran.output).toMatch(/NOT verified[\s\S]*secrets +7 +5\d\d/)
    expect(existsSync(`${lying}.json`)).toBe(false)
  })

  test('cut short, altered, of a wrong key or of another cluster is refused before anything is touched', async () => {
    const bad = join(dirname(inventory), 'bad.tar.age')
    const refused = async (words: string[], message: RegExp, file = inventory) => {
      const ran = await provision(lab, ['backup', 'verify', bad, ...words], { inventory: file })
      expect(ran.code, ran.output).toBe(2)
      expect(ran.output).toMatch(message)
      expect(ran.events.map((event) => event.kind)).toEqual(['refused'])
    }
    copyFileSync(newest(inventory), bad)
    truncateSync(bad, statSync(bad).size - 1000)
    await refused([], /is not whole: it was cut short/)
    const bytes = readFileSync(newest(inventory))
    bytes[200_000] = (bytes[200_000] as number) ^ 1
    writeFileSync(bad, bytes)
    await refused([], /was altered/)
    copyFileSync(newest(inventory), bad)
    const stranger = join(dirname(inventory), 'stranger')
    writeFileSync(stranger, `${await generateX25519Identity()}\n`, { mode: 0o600 })
    await refused(['--identity', stranger], /the identity does not open/)
    chmodSync(stranger, 0o644)
    await refused(['--identity', stranger], /permissions of \S+ are too open/)
    const other = variant(lab, 'other', (file) =>
      Object.assign(file, { cluster: 'other', backup: { identity: join(dirname(inventory), 'identity') } }),
    )
    await refused([], /is an archive of the cluster/, other)
  })

  test('proven by a run that is killed leaves nothing that the next run does not clear up', async () => {
    const running = start(lab, ['backup', 'verify', newest(inventory)], {
      inventory,
      onEvent: (event, child) => {
        if (event.kind === 'transfer' && event.bytes === event.size) child.kill('SIGKILL')
      },
    })
    await running.ended
    expect(running.child.signalCode).toBe('SIGKILL')
    const again = await provision(lab, ['backup', 'verify', newest(inventory)], { inventory })
    expectCode(again, 0)
    expect(await leftovers()).toBe('')
  })

  test('whose scratch etcd and program are killed leaves nothing that the next run does not clear up', async () => {
    let killed: Promise<unknown> | undefined
    const running = start(lab, ['backup', 'verify', newest(inventory)], {
      inventory,
      onEvent: (event) => {
        if (event.kind !== 'task' || event.status !== 'start') return
        killed ??= on(
          lab,
          'cp1',
          "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; pgrep -f '[p]roof.sock' >/dev/null && kill -9 $(pgrep -f '^/bin/sh /run/[p]rovision/.*/program') && break; done; :",
        )
      },
    })
    await running.ended
    await killed
    const again = await provision(lab, ['backup', 'verify', newest(inventory)], { inventory })
    expectCode(again, 0)
    // What the killed program had started ends by itself once it sees that nobody is there.
    await expect.poll(leftovers, { timeout: 30_000 }).toBe('')
  })

  test('with a passphrase of its own, and old ones removed as the rule says', async () => {
    const file = withBackup('passphrase', {
      passphrase: { file: 'passphrase' },
      keep: { last: 1, daily: 0, weekly: 0, monthly: 0 },
    })
    writeFileSync(join(dirname(file), 'passphrase'), 'correct horse battery staple\n', { mode: 0o600 })
    expectCode(await provision(lab, ['backup'], { inventory: file }), 0)
    const first = newest(file)
    expectCode(await provision(lab, ['backup', 'verify', first], { inventory: file }), 0)
    expectCode(await provision(lab, ['backup'], { inventory: file }), 0)
    const second = newest(file)
    expectCode(await provision(lab, ['backup'], { inventory: file }), 0)
    // The one that was proven stays, the one that was neither proven nor is the newest goes.
    expect(archivesOf(file)).toEqual([first, newest(file)])
    expect(archivesOf(file)).not.toContain(second)
    writeFileSync(join(dirname(file), 'passphrase'), 'another\n')
    const wrong = await provision(lab, ['backup', 'verify', first], { inventory: file })
    expect(wrong.code).toBe(2)
    expect(wrong.output).toMatch(/the passphrase is not that of/)
  })

  test('is made while the API server is down', async () => {
    const manifests = '/etc/kubernetes/manifests'
    await on(
      lab,
      'cp1',
      `mv ${manifests}/kube-apiserver.yaml /root/; while pgrep -x kube-apiserver >/dev/null; do sleep 0.5; done`,
    )
    try {
      expectCode(await provision(lab, ['backup'], { inventory }), 0)
      const archive = await openArchive(newest(inventory), { identities: [identity] }, lab.lab.name)
      expect(archive.manifest.kubernetesVersion).toMatch(/^v1\.\d+\.\d+$/)
      expect(archive.manifest.objects.secrets).toBeGreaterThanOrEqual(500)
    } finally {
      // It denies everybody everything until it has read who may do what.
      const ready = 'kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz'
      await on(
        lab,
        'cp1',
        `mv /root/kube-apiserver.yaml ${manifests}/; for i in $(seq 90); do ${ready} && exit 0; sleep 1; done; exit 1`,
      )
    }
  })
})

describe('a timer', () => {
  let scheduled: string

  test('is put on the control plane, and makes archives that are fetched', async () => {
    const recipients = [await identityToRecipient(identity)]
    scheduled = withBackup('scheduled', {
      recipients,
      identity: join(dirname(inventory), 'identity'),
      schedule: '*-*-* 03:00',
      keep: { last: 2, daily: 0, weekly: 0, monthly: 0 },
    })
    expectCode(await provision(lab, [], { inventory: scheduled }), 0)
    expectCode(await provision(lab, ['plan'], { inventory: scheduled }), 0)
    expect(await on(lab, 'cp1', 'systemctl is-enabled provision-backup.timer')).toBe('enabled\n')
    const none = await provision(lab, ['backup', 'fetch'], { inventory: scheduled })
    expect(none.output).toContain('The timer has not created an archive yet')
    for (let count = 0; count < 3; count += 1) await on(lab, 'cp1', 'systemctl start provision-backup.service; sleep 1')
    const kept = await on(lab, 'cp1', 'cd /var/lib/provision/backups; stat -c "%a %U" . *.age; head -c 3 last')
    expect(kept).toBe('700 root\n600 root\n600 root\nok ')
    const secrets = await on(lab, 'cp1', 'grep -rl AGE-SECRET-KEY /var/lib/provision/backup || :')
    expect(secrets).toBe('')
    expectCode(await provision(lab, ['backup', 'fetch'], { inventory: scheduled }), 0)
    expect(archivesOf(scheduled)).toHaveLength(2)
    expectCode(await provision(lab, ['backup', 'verify', newest(scheduled)], { inventory: scheduled }), 0)
    const again = await provision(lab, ['backup', 'fetch'], { inventory: scheduled })
    expect(again.output).toContain('All archives to keep are already here')
  })

  test('that fails says so, and leaves no half of an archive', async () => {
    await on(
      lab,
      'cp1',
      'mv /etc/kubernetes/pki/etcd/healthcheck-client.crt /root/; systemctl start provision-backup.service || :; mv /root/healthcheck-client.crt /etc/kubernetes/pki/etcd/',
    )
    expect(
      await on(
        lab,
        'cp1',
        'cut -c 1-6 /var/lib/provision/backups/last; ls -A /var/lib/provision/backups | grep -c part || :; ls /var/lib/provision/backup/stage 2>&1 | grep -c "No such"',
      ),
    ).toBe('failed\n0\n1\n')
  })

  test('is taken off when the inventory no longer has it; the archives stay', async () => {
    expectCode(await provision(lab, [], { inventory }), 0)
    expect(
      await on(
        lab,
        'cp1',
        'ls -d /etc/systemd/system/provision-backup* /var/lib/provision/backup 2>/dev/null; ls /var/lib/provision/backups/*.age | wc -l',
      ),
    ).toBe('2\n')
    expect(summaryOf(await provision(lab, ['plan'], { inventory })).exitCode).toBe(0)
  })
})
