import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cutPower, powerOn, waitForSsh } from '../../lab/src/power.ts'
import type { ClusterStatus } from '../../src/status/schema.ts'
import {
  expectCode,
  freshLab,
  hostOf,
  kubectl,
  on,
  provision,
  removeLab,
  results,
  start,
  stateDirectory,
  type TestLab,
  variant,
} from './harness.ts'

// A cluster that stands, and what happens to it at night: what status says of it, certificates, and the archive for those who help.
let lab: TestLab
const expire = readFileSync(new URL('expire.sh', import.meta.url), 'utf8')

beforeAll(async () => {
  lab = await freshLab({ hosts: 2, controlPlanes: 1 })
  expectCode(await provision(lab), 0)
})

afterAll(removeLab)

async function status(
  words: readonly string[] = [],
  inventory = lab.inventory,
): Promise<{ code?: number; status: ClusterStatus }> {
  const ran = await provision(lab, ['status', ...words], { inventory })
  expect(ran.output).not.toMatch(/ {4}at .*\.ts:/)
  return {
    ...(ran.code === undefined ? {} : { code: ran.code }),
    status: JSON.parse(ran.output.trim().split('\n').at(-1) ?? '') as ClusterStatus,
  }
}

const grave = (one: ClusterStatus) =>
  one.findings
    .filter((each) => each.level !== 'note')
    .map((each) => `${each.hosts.join(',')}: ${each.what} -> ${each.next}`)

describe('status', () => {
  test('all is well', async () => {
    const { code, status: all } = await status()
    expect(grave(all)).toEqual([])
    expect(code).toBe(0)
    expect(all.etcd).toMatchObject({ healthy: 1, quorum: 1, mayFail: 0, alarms: [], membersAsked: true })
    expect(all.hosts.map((host) => host.certificates.map((each) => each.name).includes('kubelet-client'))).toEqual([
      true,
      true,
    ])
    expect(all.lastRun).toMatchObject({ command: 'provision', exitCode: 0 })
  })

  test('what is wrong with a node and with pods, each with what to do', async () => {
    await kubectl(lab, 'cordon w1')
    await kubectl(lab, 'create namespace night')
    await kubectl(lab, 'run -n night fails --image=nowhere.example/none:1 --image-pull-policy=Never')
    await kubectl(lab, `run -n night waits --image=x --overrides='{"spec":{"nodeSelector":{"no":"where"}}}'`)
    await on(
      lab,
      'w1',
      'systemctl disable -q kubelet; echo 1 >/run/provision-test; mkdir -p /run/provision/pending; echo 1 >/run/provision/pending/runtime-daemon-json',
    )
    await expect
      .poll(async () => grave((await status()).status).join('\n'), { timeout: 90_000, interval: 3000 })
      .toMatch(/fails is/)
    const { code, status: all } = await status()
    expect(code).toBe(1)
    const found = grave(all).join('\n')
    expect(found).toMatch(/w1: cordoned.*kubectl uncordon w1/)
    expect(found).toMatch(/w1: kubelet.service is disabled.*provision --limit w1/)
    expect(found).toMatch(/w1: restarts are owed: runtime-daemon-json.*provision --limit w1/)
    expect(found).toMatch(/pod night\/waits is Pending: .*node.* -> kubectl -n night describe pod waits/)
    await kubectl(lab, 'delete namespace night --wait=false')
    await kubectl(lab, 'uncordon w1')
    await on(lab, 'w1', 'systemctl enable -q kubelet; rm /run/provision/pending/runtime-daemon-json')
  })

  test('the API server down: etcd and hosts are told of all the same', async () => {
    await on(
      lab,
      'cp1',
      'mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/; while ss -ltn | grep -q :6443; do sleep 1; done',
    )
    await on(lab, 'cp1', 'cp /root/kube-apiserver.yaml /root/keep.yaml')
    const { code, status: all } = await status()
    expect(code).toBe(1)
    expect(all.nodes).toBeUndefined()
    expect(all.hosts.every((host) => host.state === 'answered')).toBe(true)
    await on(lab, 'cp1', 'mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/')
    await expect.poll(async () => (await status()).code, { timeout: 120_000, interval: 3000 }).toBe(0)
  })

  test('a worker that is off is named, and so is everybody when nobody answers', async () => {
    await cutPower(hostOf(lab, 'w1'))
    const { code, status: all } = await status(['--timeout', '5s'])
    expect(code).toBe(1)
    expect(grave(all)[0]).toMatch(/^w1: cannot be reached: .*provision remove --gone w1/)
    expect(all.etcd?.healthy).toBe(1)
    const nowhere = variant(lab, 'nowhere', (inventory) => {
      for (const [index, host] of Object.values(inventory.hosts).entries()) host.address = `127.0.0.${20 + index}`
      ;(inventory.ssh as Record<string, unknown>).port = 9
    })
    const none = await status(['--timeout', '5s'], nowhere)
    expect(none.code).toBe(1)
    expect(none.status.hosts.map((host) => host.state)).toEqual(['unreachable', 'unreachable'])
    expect(grave(none.status)[0]).toMatch(/no control plane can be reached/)
  })

  test('support tells who did not answer, and hands out no secret', async () => {
    const planted = ['planted-hunter2', 'planted-token-1', 'abcdef.0123456789abcdef', 'cGxhbnRlZC1rZXk']
    await on(
      lab,
      'cp1',
      `cat >/etc/cni/net.d/planted.txt <<'P_EOF'
kept DB_PASSWORD=planted-hunter2 and abcdef.0123456789abcdef
Authorization: Bearer planted-token-1
-----BEGIN RSA PRIVATE KEY-----
cGxhbnRlZC1rZXk
-----END RSA PRIVATE KEY-----
P_EOF`,
    )
    const directory = mkdtempSync(join(tmpdir(), 'support-'))
    try {
      const ran = await provision(lab, ['support', '--into', directory, '--timeout', '5s'])
      expect(ran.code, ran.output).toBe(1)
      const file = join(directory, readdirSync(directory)[0] as string)
      expect(statSync(file).mode & 0o777).toBe(0o600)
      execFileSync('tar', ['-C', directory, '-xzf', file])
      const grep = (pattern: string) =>
        execFileSync('sh', ['-c', 'grep -rFl -e "$1" "$2" || :', 'sh', pattern, directory]).toString()
      expect(grep('kept DB_PASSWORD')).toContain('planted.txt')
      const keys = await on(
        lab,
        'cp1',
        'sed -n "s/.*client-key-data: //p" /etc/kubernetes/*.conf; sed -n 2p /etc/kubernetes/pki/ca.key',
      )
      const password = readFileSync(join(lab.inventory, '../sudo-password'), 'utf8').trim()
      for (const secret of [...planted, ...keys.trim().split('\n'), password])
        expect(grep(secret), secret.slice(0, 20)).toBe('')
      expect(grep('-----BEGIN RSA PRIVATE')).toBe('')
      expect(grep('w1: ')).toContain('README')
      for (const part of ['journal/kubelet', 'kubernetes/manifests', 'network/nft', 'cluster/nodes']) {
        expect(
          execFileSync('sh', ['-c', 'find "$1" -path "*$2*" | head -1', 'sh', directory, part]).toString(),
          part,
        ).not.toBe('')
      }
    } finally {
      rmSync(directory, { recursive: true })
      await on(lab, 'cp1', 'rm /etc/cni/net.d/planted.txt')
      await powerOn(lab.lab, hostOf(lab, 'w1'))
    }
    await expect
      .poll(async () => (await status(['--timeout', '5s'])).code, { timeout: 180_000, interval: 5000 })
      .toBe(0)
  })
})

describe('certificates', () => {
  const staticPods = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']
  const processes = () =>
    on(
      lab,
      'cp1',
      `for name in ${staticPods.join(' ')}; do ps -eo pid,args | grep "[ /]$name --" | head -n 1 | cut -c 1-8; done`,
    )
  const presented = () =>
    on(
      lab,
      'cp1',
      'for port in 6443 2379 10257 10259; do openssl s_client -connect 127.0.0.1:$port </dev/null 2>/dev/null | openssl x509 -noout -fingerprint; done',
    )
  const containers = () => on(lab, 'w1', 'ctr -n k8s.io tasks list -q | sort; docker ps -q | sort')

  test('are good for a while, and where nothing is due nothing is done', async () => {
    expect((await provision(lab, ['certs'])).code).toBe(0)
    const before = await processes()
    const ran = await provision(lab, ['certs', 'renew'])
    expectCode(ran, 0)
    expect(results(ran, ['changed'])).toEqual([])
    expect(await processes()).toBe(before)
  })

  test('all expired, no API server, no kubelet: renewed, in use, and pods of workers go on', async () => {
    const running = await containers()
    const before = (await presented()).trim().split('\n')
    const authority = await on(lab, 'cp1', 'tar -C /etc/kubernetes/pki -cf - ca.crt ca.key | base64 -w 0')
    await on(
      lab,
      'w1',
      `mkdir -p /run/cas; echo ${authority} | base64 -d | tar -C /run/cas -xf -; CAS=/run/cas; export CAS; set -- 3 /var/lib/kubelet/pki/kubelet-client-current.pem\n${expire}\nrm -rf /run/cas; systemctl restart kubelet`,
    )
    await on(
      lab,
      'cp1',
      `set -- 3\n${expire}\nsystemctl restart kubelet; for name in ${staticPods.join(' ')}; do pkill -f "^$name --"; done; sleep 5`,
    )
    const dead = await status()
    expect(dead.code).toBe(1)
    expect(grave(dead.status).join('\n')).toMatch(/certificates expired: .*-> provision certs renew/)
    expect((await provision(lab, ['certs'])).code).toBe(1)

    const ran = await provision(lab, ['certs', 'renew'])
    expectCode(ran, 0)
    const after = (await presented()).trim().split('\n')
    expect(after).toHaveLength(4)
    for (const [index, one] of after.entries()) expect(one).not.toBe(before[index])
    expect(after[0]).toBe(
      (await on(lab, 'cp1', 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -fingerprint')).trim(),
    )
    expect(after[1]).toBe(
      (await on(lab, 'cp1', 'openssl x509 -in /etc/kubernetes/pki/etcd/server.crt -noout -fingerprint')).trim(),
    )
    const certificate = /client-certificate-data: (\S+)/
    expect(readFileSync(join(stateDirectory(lab.inventory), 'kubeconfig'), 'utf8').match(certificate)?.[1]).toBe(
      (await on(lab, 'cp1', 'cat /etc/kubernetes/admin.conf')).match(certificate)?.[1],
    )
    await expect
      .poll(() => kubectl(lab, 'get nodes --no-headers'), { timeout: 90_000, interval: 2000 })
      .toMatch(/cp1 +Ready.*\nw1 +Ready/)
    expect(await containers()).toBe(running)
    expect(await on(lab, 'w1', 'ls /etc/kubernetes')).not.toContain('bootstrap')
    expect((await provision(lab, ['certs'])).code).toBe(0)
    expect(results(await provision(lab, ['certs', 'renew']), ['changed'])).toEqual([])
  })

  test('a renewal that is killed half-way is gone on with', async () => {
    const old = await on(lab, 'cp1', 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -serial')
    const running = start(lab, ['certs', 'renew', '--force'])
    await on(
      lab,
      'cp1',
      'timeout 120 sh -c "until [ -d /var/lib/provision/certificates.before ]; do sleep 0.05; done; sleep 0.7"',
    )
    // The power goes in the middle of it: files may be half-written, and nothing has been restarted.
    await cutPower(hostOf(lab, 'cp1'))
    running.child.kill('SIGKILL')
    await running.ended
    await powerOn(lab.lab, hostOf(lab, 'cp1'))
    await waitForSsh(hostOf(lab, 'cp1'))
    await on(lab, 'cp1', ': >/etc/kubernetes/pki/apiserver.crt')
    expectCode(await provision(lab, ['certs', 'renew']), 0)
    expect(await on(lab, 'cp1', 'ls /var/lib/provision')).not.toContain('certificates.before')
    expect(await on(lab, 'cp1', 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -serial')).not.toBe(old)
    expect((await provision(lab, ['certs'])).code).toBe(0)
  })
})
