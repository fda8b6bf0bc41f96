import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { modules } from '../../src/modules/index.ts'
import type { ModuleContext } from '../../src/modules/module.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { shells } from './harness.ts'

const top = mkdtempSync(join(tmpdir(), 'provision-kubeadm-'))
afterAll(() => rmSync(top, { recursive: true, force: true }))

const context: ModuleContext = {
  facts: { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' },
  id: 't1',
  mark: 'phase-t1',
  render: () => '# ignorePreflightErrors: NumCPU\nnodeRegistration:\n  name: cp1\n  criSocket: unix:///run/cri.sock\n',
  readFile: () => Buffer.alloc(0),
  readFolder: () => new Map(),
  isSecret: () => false,
  absent: () => [],
  gathered: () => undefined,
  value: () => undefined,
  early: false,
  generate: () => '',
  clockOffset: 0,
}

/** What an etcd should hold that has seen nothing but a `kubeadm init`: from what kubeadm and Kubernetes are known to make. */
const fresh: readonly string[] = [
  '/registry/minions/cp1',
  '/registry/namespaces/kube-system',
  '/registry/configmaps/kube-system/kubeadm-config',
  '/registry/configmaps/default/kube-root-ca.crt',
  '/registry/secrets/kube-system/bootstrap-token-abcdef',
  '/registry/pods/kube-system/etcd-cp1',
  '/registry/deployments/kube-system/coredns',
  '/registry/services/specs/default/kubernetes',
  '/registry/endpointslices/kube-system/kube-dns-x7x2p',
  '/registry/clusterroles/system:node',
  '/registry/apiregistration.k8s.io/apiservices/v1.',
  '/registry/peerserverleases/apiserver-j6fw5vwdh4fr5uizaw6kujejnq',
]
/** Each shows that the cluster was used. */
const foreign = [
  '/registry/minions/w1',
  '/registry/minions/cp11',
  '/registry/namespaces/shop',
  '/registry/configmaps/default/settings',
  '/registry/secrets/default/password',
  '/registry/pods/kube-system/kube-router-x',
  '/registry/daemonsets/kube-system/kube-router',
  '/registry/apiextensions.k8s.io/customresourcedefinitions/x.example.com',
  '/registry/persistentvolumes/pv-1',
  '/registry/clusterrolebindings/shop',
]

interface Case {
  readonly name: string
  readonly word: 'kubeadmInit' | 'kubeadmJoin'
  /** What is there before, below the state directory or /etc/kubernetes. */
  readonly there: readonly string[]
  /** How often kubeadm fails before it succeeds. */
  readonly failures: number
  /** What the note of the beginning says; nothing where it is of an earlier version. */
  readonly mark?: string
  /** Keys of etcd, where it answers. */
  readonly keys?: readonly string[]
  /** Whether the API server answers, with all that is asked for. */
  readonly answers?: boolean
  /** Verbs that kubeadm is called with; those that are told to ignore what is there have a `+`. */
  readonly calls: readonly string[]
  readonly succeeds: boolean
  /** Of `there`: what is of an earlier cluster, and goes. */
  readonly forgotten?: readonly string[]
  /** How often the kubelet is asked for its node; 0 where kubeadm does not wait for that. */
  readonly asked?: number
}

const cases: readonly Case[] = [
  { name: 'fresh', word: 'kubeadmInit', there: [], failures: 0, calls: ['init'], succeeds: true },
  ...(['kubeadmInit', 'kubeadmJoin'] as const).map((word) => ({
    name: `fresh, after an earlier cluster (${word})`,
    word,
    there: ['state/verified', 'state/addons', 'state/corefile', 'state/os-mirrors'],
    forgotten: ['state/verified', 'state/addons', 'state/corefile'],
    failures: 0,
    calls: [word === 'kubeadmInit' ? 'init' : 'join'],
    succeeds: true,
    ...(word === 'kubeadmJoin' ? { asked: 3 } : {}),
  })),
  {
    name: 'cut short, which forgets nothing',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun', 'state/corefile'],
    failures: 0,
    calls: ['init+'],
    succeeds: true,
  },
  { name: 'fresh, and failing', word: 'kubeadmInit', there: [], failures: 9, calls: ['init'], succeeds: false },
  {
    name: 'cut short',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun'],
    failures: 0,
    calls: ['init+'],
    succeeds: true,
  },
  {
    name: 'cut short, and beyond continuing',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun'],
    mark: 'boot 1795256547 cp1',
    failures: 1,
    calls: ['init+', 'reset', 'init'],
    succeeds: true,
  },
  {
    name: 'cut short, by a note that does not say of what',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun'],
    failures: 9,
    calls: ['init+'],
    succeeds: false,
  },
  {
    name: 'cut short, as another node',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun'],
    mark: 'boot 1795256547 cp2',
    failures: 9,
    calls: ['init+'],
    succeeds: false,
  },
  ...['manifests/etcd.yaml', 'manifests/kube-apiserver.yaml', 'kubelet.conf'].map((trace) => ({
    name: `with ${trace}, and an etcd that does not answer`,
    word: 'kubeadmInit' as const,
    there: ['state/kubeadm-init.begun', `etc/${trace}`],
    mark: 'boot 1795256547 cp1',
    failures: 9,
    calls: ['init+'],
    succeeds: false,
  })),
  {
    name: 'beyond continuing, with an etcd that holds only its own attempt',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun', 'etc/manifests/etcd.yaml'],
    mark: 'boot 1795256547 cp1',
    keys: fresh,
    failures: 1,
    calls: ['init+', 'reset', 'init'],
    succeeds: true,
  },
  ...foreign.map((key) => ({
    name: `beyond continuing, with an etcd that also holds ${key}`,
    word: 'kubeadmInit' as const,
    there: ['state/kubeadm-init.begun', 'etc/manifests/etcd.yaml'],
    mark: 'boot 1795256547 cp1',
    keys: [...fresh, key],
    failures: 9,
    calls: ['init+'],
    succeeds: false,
  })),
  {
    name: 'that had finished, though its note says begun',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.begun', 'etc/admin.conf', 'etc/kubelet.conf', 'etc/manifests/kube-apiserver.yaml'],
    answers: true,
    failures: 9,
    calls: [],
    succeeds: true,
  },
  {
    name: 'a worker that has an identity is not undone',
    word: 'kubeadmJoin',
    there: ['state/kubeadm-join.begun', 'etc/bootstrap-kubelet.conf', 'etc/kubelet.conf'],
    mark: 'boot 1795256547 cp1',
    failures: 9,
    calls: ['join+'],
    succeeds: false,
    asked: 1,
  },
  {
    name: 'a worker that has none is',
    word: 'kubeadmJoin',
    there: ['state/kubeadm-join.begun', 'etc/bootstrap-kubelet.conf'],
    mark: 'boot 1795256547 cp1',
    failures: 1,
    calls: ['join+', 'reset', 'join'],
    succeeds: true,
    asked: 3,
  },
  {
    name: 'not begun by us',
    word: 'kubeadmInit',
    there: ['etc/kubelet.conf'],
    failures: 9,
    calls: ['init+'],
    succeeds: false,
  },
  {
    name: 'restored',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.restored', 'member/provision-restore'],
    failures: 0,
    calls: ['init+'],
    succeeds: true,
  },
  {
    name: 'restored, on a slow host',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.restored', 'member/provision-restore'],
    failures: 1,
    calls: ['init+', 'init+'],
    succeeds: true,
  },
  {
    name: 'restored, and failing',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.restored', 'state/kubeadm-init.begun', 'member/provision-restore'],
    failures: 9,
    calls: ['init+', 'init+'],
    succeeds: false,
  },
  {
    name: 'restored once, and its disk is gone',
    word: 'kubeadmInit',
    there: ['state/kubeadm-init.restored'],
    failures: 0,
    calls: ['init'],
    succeeds: true,
  },
  { name: 'a worker', word: 'kubeadmJoin', there: [], failures: 0, calls: ['join'], succeeds: true, asked: 3 },
  {
    name: 'a worker that was cut short',
    word: 'kubeadmJoin',
    there: ['state/kubeadm-join.begun'],
    failures: 0,
    calls: ['join+'],
    succeeds: true,
    asked: 3,
  },
  {
    name: 'a worker whose pods run on, failing',
    word: 'kubeadmJoin',
    there: ['state/kubeadm-join.restored', 'state/kubeadm-join.begun'],
    failures: 9,
    calls: ['join+', 'join+'],
    succeeds: false,
  },
]

describe.each(shells)('%s', (shell) => {
  test.each(cases)(
    'kubeadm: $name',
    ({ word, there, failures, mark, keys, answers, calls, succeeds, forgotten = [], asked = 0 }) => {
      const root = mkdtempSync(join(top, 'host-'))
      for (const directory of ['state/ledger', 'etc/manifests', 'run'])
        mkdirSync(join(root, directory), { recursive: true })
      if (there.includes('member/provision-restore')) mkdirSync(join(root, 'member'))
      for (const path of there)
        writeFileSync(join(root, path), path.startsWith('state/') && !path.endsWith('.restored') ? '' : 'x')
      if (mark !== undefined) writeFileSync(join(root, there[0] as string), `${mark}\n`)
      if (keys !== undefined) {
        mkdirSync(join(root, 'state/etcd'))
        writeFileSync(join(root, 'keys'), `${keys.join('\n\n')}\n`)
        writeFileSync(join(root, 'state/etcd/etcdctl'), `#!/bin/sh\ncat ${root}/keys\n`, { mode: 0o755 })
      }
      const module = modules[word]
      const body = module?.compile(module.schema.parse({ config: 'config.ejs' }), context)
      const text = [
        loadPrelude('debian', ['kubelet']),
        `P_STATE=${root}/state P_TASK=t1`,
        'journalctl() { :; }; crictl() { :; }',
        // A kubelet that has its certificate registers its node a moment later.
        answers ? 'kubectl() { echo ok; }' : `kubectl() { echo >>${root}/asked; [ "$(wc -l <${root}/asked)" -gt 2 ]; }`,
        'sync() { :; }',
        `kubeadm() {
        case $1 in version) echo v1.36.3; return ;; esac
        case "$*" in *Port-6443*) echo "$1+" ;; *) echo "$1" ;; esac >>${root}/calls
        [ "$1" != reset ] || return 0
        [ "$(grep -cv reset ${root}/calls)" -gt ${failures} ]
      }`,
        `t1_content() { cat <<'P_END'\n${body?.content}P_END\n}`,
        'set -eu',
        String(body?.apply)
          .replaceAll('/var/lib/provision/', `${root}/state/`)
          .replaceAll('/etc/kubernetes/', `${root}/etc/`)
          .replaceAll('/var/lib/etcd/member', `${root}/member`),
      ].join('\n')
      writeFileSync(join(root, 'run/program'), text)
      const [command = '', ...words] = shell.split(' ')
      const { status } = spawnSync(command, [...words, join(root, 'run/program')], { stdio: 'ignore' })
      expect(status === 0).toBe(succeeds)
      const called = existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : []
      expect(called).toEqual(calls)
      const notesOfOthers = there.filter(
        (path) => path.startsWith('state/') && !/kubeadm-.*[.](begun|restored)$/.test(path),
      )
      for (const path of notesOfOthers) expect(existsSync(join(root, path)), path).toBe(!forgotten.includes(path))
      const asks = existsSync(join(root, 'asked')) ? readFileSync(join(root, 'asked'), 'utf8').length : 0
      expect(asks).toBe(asked)
      const notes = ['begun', 'restored'].map((note) =>
        join(root, 'state', `kubeadm-${word === 'kubeadmInit' ? 'init' : 'join'}.${note}`),
      )
      if (succeeds) expect(notes.filter((note) => existsSync(note))).toEqual([])
      else
        for (const path of there.filter((one) => one.startsWith('state/')))
          expect(existsSync(join(root, path))).toBe(true)
    },
  )

  test.each([
    { there: { 'admin.conf': 'x' }, status: 0 },
    { there: {}, status: 1 },
    { there: { 'kubeadm-init.restored': 'r1' }, status: 1 },
    { there: { 'kubeadm-init.restored': 'r1', 'member/provision-restore': 'r0' }, status: 1 },
    { there: { 'kubeadm-init.restored': 'r1', 'member/provision-restore': 'r1' }, status: 0 },
  ])('no second cluster is begun where another host holds one: $there', ({ there, status }) => {
    const root = mkdtempSync(join(top, 'host-'))
    mkdirSync(join(root, 'member'))
    for (const [path, text] of Object.entries(there)) writeFileSync(join(root, path), `${text}\n`)
    const gathered = { ...context, gathered: () => ({ cp2: 'holds' }) } as typeof context
    const body = modules.refuseSecondCluster?.compile({ others: ['cp2'] }, gathered)
    const places = ['/etc/kubernetes/', '/var/lib/provision/', '/var/lib/etcd/']
    const check = places.reduce((text, place) => text.replaceAll(place, `${root}/`), String(body?.check))
    const [command = '', ...words] = shell.split(' ')
    const ran = spawnSync(command, [...words, '-c', `P_MODE=apply; set -eu; ${check}`], { encoding: 'utf8' })
    expect(ran.status).toBe(status)
  })

  // What an API server that has just started answers is no answer yet.
  test.each([
    { there: [], denials: 0, status: 1 },
    { there: ['admin.conf', 'kubelet.conf', 'manifests/kube-apiserver.yaml'], denials: 2, status: 0 },
  ])('the first control plane stands: $there, after $denials denials', ({ there, denials, status }) => {
    const root = mkdtempSync(join(top, 'host-'))
    mkdirSync(join(root, 'manifests'))
    for (const path of there) writeFileSync(join(root, path), 'x')
    const module = modules.kubeadmInit
    const body = module?.compile(module.schema.parse({ config: 'config.ejs' }), context)
    const text = [
      loadPrelude('debian'),
      `P_RUN=${root} P_TASK=t1`,
      `kubectl() { echo asked >>${root}/asked; if [ "$(wc -l <${root}/asked)" -gt ${denials} ]; then echo ok; else return 1; fi; }`,
      'set -eu',
      String(body?.check).replaceAll('/etc/kubernetes/', `${root}/`).replaceAll('/var/lib/provision/', `${root}/`),
    ].join('\n')
    writeFileSync(join(root, 'program'), text)
    const [command = '', ...words] = shell.split(' ')
    expect(spawnSync(command, [...words, join(root, 'program')], { encoding: 'utf8' })).toMatchObject({ status })
  })
})
