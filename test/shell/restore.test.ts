import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

const script = readFileSync(new URL('../../scripts/restore/control-plane.sh', import.meta.url), 'utf8')
const top = mkdtempSync(join(tmpdir(), 'provision-restore-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

/** What a control plane has below /etc/kubernetes, and what the operator put there. */
const before: Readonly<Record<string, string>> = {
  'admin.conf': 'old admin',
  'kubelet.conf': 'old kubelet',
  'kubelet.conf.d/50-provision.conf': 'ours',
  'manifests/etcd.yaml': 'old etcd',
  'manifests/kube-apiserver.yaml': 'old apiserver',
  'manifests/kube-vip.yaml': 'their static pod',
  'pki/ca.crt': 'old ca',
  'pki/ca.key': 'old key',
  'pki/apiserver.crt': 'old leaf',
  'pki/etcd/ca.crt': 'old etcd ca',
  'pki/sa.key': 'old sa',
  'pki/encryption config.yaml': 'their key',
}

const lasting = ['ca.crt', 'ca.key', 'front-proxy-ca.crt', 'front-proxy-ca.key', 'etcd/ca.crt', 'etcd/ca.key'].concat(
  'sa.pub',
  'sa.key',
)
const archived: Readonly<Record<string, string>> = {
  ...Object.fromEntries(lasting.map((name) => [`pki/${name}`, `archived ${name}`])),
  'pki/apiserver.crt': 'archived leaf',
  'admin.conf': 'archived admin',
  'manifests/etcd.yaml': 'archived etcd',
  'manifests/kube-vip.yaml': 'their static pod of then',
  'kubelet.conf.d/50-provision.conf': 'archived of ours',
  'audit policy.yaml': 'their policy',
}

/** A host in a directory, on which pieces of the script run; `run` answers the exit code. */
function makeHost(shell: string) {
  const root = mkdtempSync(join(top, 'host-'))
  write(join(root, 'etc'), before)
  write(join(root, 'etcd/member'), { 'snap/db': 'old data', 'wal/0.wal': 'old log' })
  write(join(root, 'kubelet-pki'), { 'kubelet-client-current.pem': 'old identity' })
  write(join(root, 'state/restore/r1/files/kubernetes'), archived)
  write(join(root, 'state/restore/r1/files'), { 'etcd.snapshot': 'archived data\n' })
  write(join(root, 'state/etcd'), { etcdutl })
  chmodSync(join(root, 'state/etcd/etcdutl'), 0o755)
  mkdirSync(join(root, 'run'))
  return {
    root,
    run(body: string): number | null {
      const text = [
        loadPrelude('debian'),
        script,
        `kubernetes=${root}/etc etcd_data=${root}/etcd kubelet_pki=${root}/kubelet-pki P_STATE=${root}/state`,
        'rest_control_plane() { :; }',
        'sync() { :; }',
        'chown() { :; }',
        'set -eu',
        body,
      ].join('\n')
      writeFileSync(join(root, 'run/program'), text)
      const [command = '', ...words] = shell.split(' ')
      return spawnSync(command, [...words, join(root, 'run/program')], { stdio: 'ignore' }).status
    },
    files: (directory: string) => filesOf(join(root, directory)),
  }
}

function write(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(directory, path, '..'), { recursive: true })
    writeFileSync(join(directory, path), content)
  }
}

function filesOf(directory: string): Record<string, string> {
  if (!existsSync(directory)) return {}
  const listed = execFileSync('find', [directory, '-type', 'f', '-printf', '%P\\n'], { encoding: 'utf8' })
  const paths = listed.split('\n').filter((path) => path !== '')
  return Object.fromEntries(paths.sort().map((path) => [path, readFileSync(join(directory, path), 'utf8')]))
}

/** What kubeadm makes and what comes out of the archive, and nothing else, is out of the way. */
const theirs = {
  'kubelet.conf.d/50-provision.conf': 'ours',
  'manifests/kube-vip.yaml': 'their static pod',
  'pki/encryption config.yaml': 'their key',
}

/** What a run between a restore that was cut off and the next call leaves: a cluster of its own, in use. */
const living: Readonly<Record<string, string>> = {
  'etc/admin.conf': 'living admin',
  'etc/manifests/etcd.yaml': 'living etcd',
  ...Object.fromEntries(lasting.map((name) => [`etc/pki/${name}`, `living ${name}`])),
  'etcd/member/snap/db': 'living data',
  'kubelet-pki/kubelet-client-current.pem': 'living identity',
}

/** etcd's own tool, which takes any snapshot. */
const etcdutl = `#!/bin/sh
case $* in
*status*) echo '{"revision":5}' ;;
*) mkdir -p "$5/member/snap" && cat "$3" >"$5/member/snap/db" ;;
esac
`
const shielded = 'member_of() { member=cp1=https://10.0.0.11:2380; }\nlist_keys() { :; }\n'
const restore = `${shielded}move_aside r1 containerd\nput_back r1\nrestore_etcd r1 config`

/** Programs that change something end as if killed at their Nth call. */
function killedAt(count: number): string {
  const counted = ['mv', 'rm', 'cp', 'mkdir'].map((name) => `${name}() { count; command ${name} "$@"; }`)
  return [`left=${count}`, 'count() { left=$((left - 1)); [ "$left" -gt 0 ] || exit 137; }', ...counted].join('\n')
}

describe.each(shells)('%s', (shell) => {
  test('all of a control plane is moved aside, and nothing is lost of it', () => {
    const host = makeHost(shell)
    expect(host.run('move_aside r1 containerd')).toBe(0)
    expect(host.files('etc')).toEqual(theirs)
    expect(host.files('etcd')).toEqual({
      'saved-r1/member/snap/db': 'old data',
      'saved-r1/member/wal/0.wal': 'old log',
    })
    expect(host.files('kubelet-pki')).toEqual({})
    expect(host.files('state/saved/r1/kubernetes')).toEqual(before)
    expect(host.files('state/saved/r1/kubelet-pki')).toEqual({ 'kubelet-client-current.pem': 'old identity' })
  })

  test('cut off at any step, it is gone on with to the same end', () => {
    let status: number | null = 137
    for (let step = 1; status === 137; step++) {
      const host = makeHost(shell)
      status = host.run(`${killedAt(step)}\nmove_aside r1 containerd`)
      // Nothing is ever in no place at all.
      const somewhere = { ...host.files('state/saved/r1'), ...host.files('etc') }
      expect(Object.values(somewhere), `step ${step}`).toEqual(expect.arrayContaining(Object.values(before)))
      expect(host.run('move_aside r1 containerd'), `step ${step}`).toBe(0)
      expect(host.files('etc'), `step ${step}`).toEqual(theirs)
      expect(host.files('state/saved/r1/kubernetes'), `step ${step}`).toEqual(before)
      expect(Object.values(host.files('etcd')), `step ${step}`).toEqual(['old data', 'old log'])
      expect(step).toBeLessThan(200)
    }
    expect(status).toBe(0)
  })

  test('CAs come out of the archive, and what the operator had put there, where there is none', () => {
    const host = makeHost(shell)
    expect(host.run('move_aside r1 containerd\nput_back r1')).toBe(0)
    expect(host.files('etc')).toEqual({
      ...theirs,
      ...Object.fromEntries(lasting.map((name) => [`pki/${name}`, `archived ${name}`])),
      'audit policy.yaml': 'their policy',
    })
    expect(readFileSync(join(host.root, 'run/notes'), 'utf8')).toMatch(
      /manifests\/kube-vip.yaml is another than in the archive/,
    )
  })

  test('a cluster that was made while a restore was cut off is kept, too', () => {
    const host = makeHost(shell)
    expect(host.run('move_aside r1 containerd')).toBe(0)
    write(host.root, living)
    expect(host.run(restore)).toBe(0)
    expect(host.files('etc')).toMatchObject({ 'pki/ca.key': 'archived ca.key', 'audit policy.yaml': 'their policy' })
    expect(host.files('etcd')).toEqual({
      'member/snap/db': 'archived data\n',
      'member/provision-restore': 'r1\n',
      'saved-r1/member/snap/db': 'old data',
      'saved-r1/member/wal/0.wal': 'old log',
      'saved-r1/member.2/snap/db': 'living data',
    })
    expect(host.files('state/saved/r1')).toMatchObject({
      'kubernetes/pki/ca.key': 'old key',
      'kubernetes.2/pki/ca.key': 'living ca.key',
      'kubelet-pki.2/kubelet-client-current.pem': 'living identity',
    })
    expect(readFileSync(join(host.root, 'run/notes'), 'utf8')).toMatch(/a control plane was made here after/)
  })

  test('what the restore has put there is left where it is, with what was written since', () => {
    const host = makeHost(shell)
    expect(host.run(restore)).toBe(0)
    write(join(host.root, 'etcd/member/snap'), { db: 'archived data, and more' })
    const [etc, saved] = [host.files('etc'), host.files('state/saved')]
    expect(host.run(restore)).toBe(0)
    expect(host.files('etcd')).toMatchObject({ 'member/snap/db': 'archived data, and more' })
    expect(host.files('etc')).toEqual(etc)
    expect(host.files('state/saved')).toEqual(saved)
  })

  test('another restore moves aside what an earlier one has put there', () => {
    const host = makeHost(shell)
    expect(host.run(restore)).toBe(0)
    execFileSync('cp', ['-a', join(host.root, 'state/restore/r1'), join(host.root, 'state/restore/r2')])
    expect(host.run(restore.replaceAll('r1', 'r2'))).toBe(0)
    expect(host.files('etcd')).toMatchObject({
      'member/provision-restore': 'r2\n',
      'saved-r2/member/provision-restore': 'r1\n',
    })
  })

  test('a key that comes to be there while the archive is put back is not overwritten', () => {
    const host = makeHost(shell)
    expect(host.run('move_aside r1 containerd')).toBe(0)
    write(join(host.root, 'etc/pki'), { 'ca.key': 'living key' })
    expect(host.run('put_back r1')).toBe(1)
    expect(host.files('etc')['pki/ca.key']).toBe('living key')
  })

  test('an archive without a CA is refused', () => {
    const host = makeHost(shell)
    rmSync(join(host.root, 'state/restore/r1/files/kubernetes/pki/etcd/ca.key'))
    expect(host.run('move_aside r1 containerd')).toBe(0)
    expect(host.run('put_back r1')).toBe(1)
  })

  test.each([
    ['podSubnet', '10.244.0.0/16', 'networking: { podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12" }'],
    ['serviceSubnet', '10.96.0.0/12', 'networking: { podSubnet: "10.244.0.0/16", serviceSubnet: "10.96.0.0/12" }'],
    ['serviceSubnet', '10.96.0.0/12', 'networking:\n  dnsDomain: cluster.local\n  serviceSubnet: 10.96.0.0/12'],
    ['controlPlaneEndpoint', 'k8s.example.com:6443', 'controlPlaneEndpoint: "k8s.example.com:6443"'],
    ['controlPlaneEndpoint', '[fd00::1]:6443', 'controlPlaneEndpoint: "[fd00::1]:6443"'],
    ['podSubnet', '', 'networking:\n  dnsDomain: cluster.local'],
  ])('%s is read as %s', (name, value, config) => {
    const host = makeHost(shell)
    writeFileSync(join(host.root, 'config'), `${config}\n`)
    expect(host.run(`[ "$(setting ${name} ${host.root}/config)" = '${value}' ]`)).toBe(0)
  })
})
