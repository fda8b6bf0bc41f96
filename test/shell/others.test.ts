import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { renderedWith } from '../rendered.ts'
import { placeTest as it, outline, type Place, shells, textOf } from './harness.ts'
import { shippedTask } from './shipped.ts'

/** Writes files of a host: path → content. */
function lay(place: Place, files: Readonly<Record<string, string>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(place.root, 'host', path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content.replaceAll('@HOST', `${place.root}/host`))
  }
}

const manifest = { network: { manifest: new URL('../../lab/network/manifest.yaml', import.meta.url).pathname } }
const kubeRouter = {}
const node = '/etc/kubernetes/kubelet.conf'
const cni = (...names: string[]) => Object.fromEntries(names.map((name) => [`/etc/cni/net.d/${name}`, '{}']))

/** What lies there, the inventory's network, and the file that is refused. */
const networks: readonly (readonly [string, object, Record<string, string>, string | undefined])[] = [
  ['none', kubeRouter, {}, undefined],
  ['podman’s', kubeRouter, cni('87-podman-bridge.conflist'), undefined],
  ['cri-o’s', kubeRouter, cni('100-crio-bridge.conflist', '200-loopback.conflist'), undefined],
  ['nerdctl’s', kubeRouter, cni('nerdctl-bridge.conflist'), undefined],
  ['podman’s on a node to be', kubeRouter, { ...cni('87-podman-bridge.conflist'), [node]: '' }, undefined],
  ['ours and podman’s', kubeRouter, cni('10-kuberouter.conflist', '87-podman.conflist'), undefined],
  ['ours and multus', kubeRouter, { ...cni('00-multus.conf', '10-kuberouter.conflist'), [node]: '' }, undefined],
  ['no configuration', kubeRouter, cni('README', '05-x.conflist.bak', '.kube-router.source'), undefined],
  ['calico’s', kubeRouter, cni('10-calico.conflist'), '10-calico.conflist'],
  ['flannel’s beside ours', kubeRouter, cni('10-flannel.conflist', '10-kuberouter.conflist'), '10-flannel.conflist'],
  ['a single .conf', kubeRouter, cni('00-loopback.conf'), '00-loopback.conf'],
  ['weave’s under pods', kubeRouter, { ...cni('10-weave.conflist'), [node]: '' }, '10-weave.conflist'],
  ['weave’s of no node', kubeRouter, cni('10-weave.conflist'), undefined],
  ['kube-router’s', manifest, cni('10-kuberouter.conflist'), '10-kuberouter.conflist'],
  ['kube-router’s behind another', manifest, cni('05-own.conflist', '10-kuberouter.conflist'), undefined],
  ['podman’s with a network of one’s own', manifest, cni('87-podman-bridge.conflist'), undefined],
]

describe.concurrent.each(shells)('CNI configurations that others brought, under %s', (shell) => {
  it.for(networks)('%s', async ([, sections, files, refused], { place }) => {
    lay(place, files)
    const { task, options } = shippedTask(place, 'No conflicting pod network', sections)
    const events = await place.program(shell, [task], { ...options, mode: 'check' }).run()
    if (refused === undefined) expect(outline(events)).toEqual(['ok t1', 'end done'])
    else {
      expect(outline(events)).toEqual(['failed t1 check 3', 'end failed'])
      expect(textOf(events, 'log', 't1')).toContain(`/etc/cni/net.d/${refused} `)
    }
  })
})

const chronyConf = '/etc/chrony/chrony.conf'
const site = 'server 169.254.169.123 prefer iburst minpoll 4\nsourcedir /run/chrony-dhcp\n'
const pool = /^server 0\.pool\.ntp\.org iburst$/m

interface Clock {
  readonly there: Readonly<Record<string, string>>
  readonly sections?: object
  /** What stands in chrony.conf afterwards; `same`: what stood there. */
  readonly becomes: RegExp | 'same'
  readonly not?: RegExp
  readonly told?: RegExp
}

/** What a host keeps its time by, and what becomes of it. */
const clocks: Readonly<Record<string, Clock>> = {
  'a bare host': { there: {}, becomes: pool },
  'servers of the site': { there: { [chronyConf]: site }, becomes: 'same' },
  'a clock of the machine': { there: { [chronyConf]: 'refclock PHC /dev/ptp0 poll 2\n' }, becomes: 'same' },
  'servers in files of their own': { there: { [chronyConf]: 'confdir /etc/chrony/conf.d\n' }, becomes: 'same' },
  'what the distribution packs': { there: { [chronyConf]: ' pool 2.debian.pool.ntp.org iburst\n' }, becomes: 'same' },
  'a file that names nobody': { there: { [chronyConf]: '# server x\nmakestep 1 3\n' }, becomes: pool },
  'servers of the site, and others in the inventory': {
    there: { [chronyConf]: site },
    sections: { time: { servers: ['10.0.0.1'] } },
    becomes: /^server 10\.0\.0\.1 iburst$/m,
    not: /169/,
  },
  'servers of the site, and mirrors that have some': {
    there: { [chronyConf]: site },
    sections: { mirrors: 'aliyun' },
    becomes: 'same',
  },
  'timesyncd with servers': {
    there: { '/etc/systemd/timesyncd.conf': '[Time]\n#NTP=\nNTP=ntp1.office ntp2.office\nFallbackNTP=x.example\n' },
    becomes: /^server ntp1\.office iburst\nserver ntp2\.office iburst\ndriftfile/m,
    not: /pool|x\.example/,
    told: /ntp1\.office ntp2\.office/,
  },
  'timesyncd with servers in a drop-in': {
    there: { '/etc/systemd/timesyncd.conf.d/site.conf': '[Time]\nNTP = 10.0.0.9\n' },
    becomes: /^server 10\.0\.0\.9 iburst$/m,
    not: /pool/,
    told: /10\.0\.0\.9/,
  },
  'timesyncd without': { there: { '/etc/systemd/timesyncd.conf': '[Time]\n#NTP=\n' }, becomes: pool },
  ntpsec: {
    there: {
      '/etc/ntpsec/ntp.conf': 'server 127.127.1.0\nserver ntp.office iburst\npool ntp.office\nrestrict default\n',
    },
    becomes: /^server ntp\.office iburst\ndriftfile/m,
    not: /pool|127/,
    told: /ntp\.office$/m,
  },
}

// What is written belongs to root.
const asRoot = process.getuid?.() === 0 ? shells : []

describe.concurrent.each(asRoot)('time servers that a host had, under %s', (shell) => {
  it.for(Object.entries(clocks))('%s', async ([, { there, sections, becomes, not, told }], { place }) => {
    lay(place, there)
    const { task, options } = shippedTask(place, 'Time servers', sections)
    const now = () => readFileSync(join(place.root, 'host', chronyConf), 'utf8')
    const run = async () => outline(await place.program(shell, [task], options).run())
    const events = await run()
    expect(events.at(-1)).toBe('end done')
    if (becomes === 'same') expect([now(), events]).toEqual([there[chronyConf], ['ok t1', 'end done']])
    else expect(now()).toMatch(becomes)
    if (not !== undefined) expect(now()).not.toMatch(not)
    expect(events.filter((each) => each.startsWith('note')).join('\n')).toMatch(told ?? /^$/)
    expect(await run()).toEqual(['ok t1', 'end done'])
    // What is ours stays ours: somebody's change is drift.
    if (becomes === 'same') return
    writeFileSync(join(place.root, 'host', chronyConf), 'server elsewhere\n')
    expect(await run()).toContain('changed t1')
    expect(now()).toMatch(becomes)
  })
})

/** What chrony says, for how many seconds it has been up, and whether the operator is told. */
const answers: readonly (readonly [string, string, number, boolean])[] = [
  ['follows a server', 'Leap status     : Normal', 900, false],
  ['has just been started', 'Leap status     : Not synchronised', 20, false],
  ['follows nobody', 'Leap status     : Not synchronised', 900, true],
  ['does not answer', '506 Cannot talk to daemon', 900, true],
  ['does not run', '506 Cannot talk to daemon', -1, false],
]

describe.concurrent.each(shells)('chrony, under %s', (shell) => {
  it.for(answers)('%s', async ([, tracking, up, told], { place }) => {
    const { task, options } = shippedTask(place, 'Time servers responding')
    const stubs = `
      chronyc() { case $2 in tracking) echo '${tracking}' ;; *) echo '^? 169.254.169.123 0 6 0 - +0ns' ;; esac; }
      since_boot() { echo 1000; }
      systemctl() { echo ${up < 0 ? 0 : (1000 - up) * 1_000_000}; }`
    const events = outline(
      await place.program(shell, [task], { ...options, prelude: `${options.prelude}\n${stubs}` }).run(),
    )
    expect(events.slice(-1)).toEqual(['end done'])
    expect(events.filter((each) => each.startsWith('note'))).toEqual(
      told ? [expect.stringContaining('169.254.169.123')] : [],
    )
  })
})

/** What the inventory wants, what is installed, and what the refusal names. */
const runtimes: readonly (readonly [string, 'debian' | 'el', object, string, readonly string[]])[] = [
  ['nothing', 'debian', {}, 'bash=5 -', []],
  ['Docker’s own', 'debian', {}, 'containerd.io=2.3.3-1 hold\ndocker-ce=5:29 -', []],
  [
    'the distribution’s',
    'debian',
    {},
    'docker.io=26 -\ncontainerd=1.7 -\nrunc=1.1 -',
    ['docker.io', 'containerd', 'packages: distribution'],
  ],
  ['podman’s runc', 'debian', {}, 'podman=5 -\nrunc=1.1 -', ['runc']],
  ['of Azure', 'debian', {}, 'moby-engine=25 -', ['moby-engine']],
  ['the distribution’s, as is wanted', 'debian', { docker: { packages: 'distribution' } }, 'docker.io=26 -', []],
  [
    'Docker’s own, and the other is wanted',
    'debian',
    { docker: { packages: 'distribution' } },
    'docker-ce=5:29 -',
    ['docker-ce', 'packages: docker }'],
  ],
  ['runc of EL', 'el', {}, 'runc=4:1.1-1 -', ['dnf remove runc']],
  ['podman and crun of EL', 'el', {}, 'podman=4 -\ncrun=1 -', []],
]

describe.concurrent.each(shells)('runtimes that are installed, under %s', (shell) => {
  it.for(runtimes)('%s', async ([, family, sections, installed, named], { place }) => {
    const { task, options } = shippedTask(place, 'No installed packages displaced', sections, family)
    const prelude = `${options.prelude}\nquery_packages() { echo '${installed}'; }`
    const events = await place.program(shell, [task], { ...options, prelude, mode: 'check' }).run()
    expect(outline(events).at(0)).toBe(named.length === 0 ? 'ok t1' : 'failed t1 check 3')
    for (const each of named) expect(textOf(events, 'log', 't1')).toContain(each)
  })
})

const daemonJson = '/etc/docker/daemon.json'
const data = { '/var/lib/docker/containers/abc/config.v2.json': '{}' }
const swarm = { '/var/lib/docker/swarm/docker-state.json': '{}' }

interface Docker {
  /** daemon.json as it was; what else is there. */
  readonly was?: unknown
  readonly there?: Readonly<Record<string, string>>
  /** Sections of the inventory. */
  readonly sections?: object
  /** The command line of dockerd. */
  readonly flags?: string
  /** Members that it has afterwards (undefined: has not), or what the refusal says. */
  readonly has?: Readonly<Record<string, unknown>>
  readonly refused?: RegExp
}

const defaults = { 'log-driver': 'json-file', 'live-restore': true, 'exec-opts': ['native.cgroupdriver=systemd'] }
const chosen = (daemon: object) => ({ docker: { daemon } })

/** What Docker was told by others, and what it is told then. */
const dockers: Readonly<Record<string, Docker>> = {
  'no Docker': { has: defaults },
  'an empty file': { was: ' \n', has: defaults },
  'data elsewhere, a bridge and a runtime': {
    was: {
      'data-root': '/data/docker',
      bip: '172.31.0.1/24',
      'default-runtime': 'nvidia',
      runtimes: { nvidia: { path: 'n' } },
    },
    has: {
      'data-root': '/data/docker',
      bip: '172.31.0.1/24',
      'default-runtime': 'nvidia',
      runtimes: { nvidia: { path: 'n' } },
      ...defaults,
    },
  },
  'logs in the journal': {
    was: { 'log-driver': 'journald' },
    has: { 'log-driver': 'journald', 'log-opts': undefined },
  },
  'options of logs alone': {
    was: { 'log-opts': { tag: 'x' } },
    has: { 'log-opts': { tag: 'x' }, 'log-driver': undefined },
  },
  'no live-restore': { was: { 'live-restore': false }, has: { 'live-restore': false } },
  'registries of its own': {
    was: { 'insecure-registries': ['old:5000'], 'registry-mirrors': ['https://m.office'] },
    sections: { registries: { private: [{ host: 'r:5000', insecure: true }] } },
    has: { 'insecure-registries': ['r:5000', 'old:5000'], 'registry-mirrors': ['https://m.office'] },
  },
  'other control groups': {
    was: { 'exec-opts': ['native.cgroupdriver=cgroupfs'] },
    has: { 'exec-opts': ['native.cgroupdriver=cgroupfs'] },
  },
  'other control groups under the kubelet': {
    was: { 'exec-opts': ['native.cgroupdriver=cgroupfs'] },
    sections: { runtime: { cri: 'cri-dockerd' } },
    refused: /native\.cgroupdriver=systemd/,
  },
  'a key that the inventory names': {
    was: { bip: '172.31.0.1/24', debug: true },
    sections: chosen({ bip: '10.9.0.1/24' }),
    has: { bip: '10.9.0.1/24', debug: true },
  },
  'a swarm': { was: {}, there: swarm, has: { 'live-restore': undefined, 'log-driver': 'json-file' } },
  'a swarm, and live-restore in the inventory': {
    was: {},
    there: swarm,
    sections: chosen({ 'live-restore': true }),
    refused: /swarm leave/,
  },
  'data, and another place in the inventory': {
    was: {},
    there: data,
    sections: chosen({ 'data-root': '/data' }),
    refused: /\/var\/lib\/docker.*data-root: \/data/,
  },
  'data, and the same place in the inventory': {
    was: { 'data-root': '/d' },
    there: data,
    sections: chosen({ 'data-root': '/d' }),
    has: { 'data-root': '/d' },
  },
  'no data, and another place': { was: {}, sections: chosen({ 'data-root': '/data' }), has: { 'data-root': '/data' } },
  'data, and another storage driver': {
    was: {},
    there: data,
    sections: chosen({ 'storage-driver': 'btrfs' }),
    refused: /storage-driver/,
  },
  'data, and users mapped': {
    was: {},
    there: data,
    sections: chosen({ 'userns-remap': 'default' }),
    refused: /userns-remap/,
  },
  'flags for logs': { was: {}, flags: '--log-driver=journald', has: { 'log-driver': undefined, 'live-restore': true } },
  'flags for control groups and mirrors': {
    was: {},
    flags: '--exec-opt native.cgroupdriver=systemd --registry-mirror https://m',
    has: { 'exec-opts': undefined, 'registry-mirrors': undefined },
  },
  'flags that the inventory names': {
    was: {},
    flags: '--data-root /data',
    sections: chosen({ 'data-root': '/data' }),
    refused: /command line/,
  },
  comments: { was: '{\n  // mirrors\n  "debug": true\n}\n', refused: /line 2: / },
  'a comma too many': { was: '{ "debug": true, }', refused: /line 1: / },
  'a list': { was: '[]', refused: /an object/ },
}

describe.concurrent.each(asRoot)('a Docker that others set up, under %s', (shell) => {
  it.for(Object.entries(dockers))('%s', async ([, docker], { place }) => {
    const { was, there = {}, sections = {}, flags = '', has = {}, refused } = docker
    const text = typeof was === 'string' ? was : JSON.stringify(was)
    lay(place, { ...there, ...(was === undefined ? {} : { [daemonJson]: text }) })
    const titles = ['Docker configuration compatible', 'Docker configuration']
    const stubs = `
      dockerd() { :; }; docker() { :; }
      systemctl() { case "$*" in *ExecStart*) echo '{ path=/usr/bin/dockerd ; argv[]=/usr/bin/dockerd -H fd:// ${flags} ; }' ;; *MainPID*) echo 0 ;; *) return 3 ;; esac; }`
    const run = async (title: string) => {
      const { task, options } = shippedTask(place, title, sections)
      return place.program(shell, [task], { ...options, prelude: `${options.prelude}\n${stubs}` }).run()
    }
    const first = await run(titles[0] as string)
    const path = join(place.root, 'host', daemonJson)
    if (refused !== undefined) {
      expect(outline(first)).toEqual(['failed t1 check 3', 'end failed'])
      expect(textOf(first, 'log', 't1')).toMatch(refused)
      expect(outline(await run(titles[1] as string)).at(-1)).toBe('end failed')
      expect(readFileSync(path, 'utf8')).toBe(text)
      return
    }
    expect(outline(first)).toEqual(['ok t1', 'end done'])
    expect(outline(await run(titles[1] as string))).toContain('changed t1')
    const now = readFileSync(path, 'utf8')
    for (const [key, value] of Object.entries(has)) expect(JSON.parse(now)[key], key).toEqual(value)
    expect(outline(await run(titles[1] as string))).toEqual(['ok t1', 'end done'])
    // Somebody's own later key stays, and what of ours was changed is put right.
    const changed = { ...JSON.parse(now), 'later-key': { a: [1] } }
    writeFileSync(path, JSON.stringify(changed))
    expect(outline(await run(titles[1] as string))).toContain('changed t1')
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(changed)
  })
})

const configToml = '/etc/containerd/config.toml'
const cri = 'plugins."io.containerd.grpc.v1.cri"'

interface Containerd {
  readonly was: string
  /** What `containerd config default` prints; without, there is no containerd. */
  readonly preset?: string
  /** Lines that it has afterwards, in this order; `ours`: nothing but ours. */
  readonly has?: readonly string[] | 'ours'
  readonly not?: RegExp
  readonly refused?: RegExp
}

/** What containerd was told by others, and what it is told then. */
const containerds: Readonly<Record<string, Containerd>> = {
  'what Docker packs': {
    was: '#   Copyright\n\ndisabled_plugins = ["cri"]\n\n#root = "/var/lib/containerd"\n#[grpc]\n',
    has: 'ours',
  },
  'data elsewhere': {
    was: 'version = 2\nroot = "/data/containerd"\nstate = "/run/c"\noom_score = -999\n',
    has: ['version = 2', 'root = "/data/containerd"', 'state = "/run/c"', 'oom_score = -999', `[${cri}]`],
  },
  'data elsewhere, in version 1': {
    was: 'root = "/data/containerd" # big disk\n',
    has: ['version = 2', 'root = "/data/containerd"'],
  },
  'data elsewhere, in version 3': {
    was: "version = 3\nroot = '/data/containerd'\n",
    has: ['version = 2', "root = '/data/containerd'"],
    not: /version = 3/,
  },
  'a runtime, and tables of its own': {
    was: `version = 2\nimports = ["/etc/containerd/conf.d/*.toml"]\n[grpc]\n  max_recv_message_size = 1\n[${cri}.containerd]\n  default_runtime_name = "nvidia"\n  [${cri}.containerd.runtimes.nvidia]\n    runtime_type = "io.containerd.runc.v2"\n    [${cri}.containerd.runtimes.nvidia.options]\n      BinaryName = "/usr/bin/nvidia-container-runtime"\n[proxy_plugins.stargz]\n  type = "snapshot"\n`,
    has: [
      'imports = ["/etc/containerd/conf.d/*.toml"]',
      '[grpc]',
      'max_recv_message_size = 1',
      `[${cri}.containerd]`,
      'default_runtime_name = "nvidia"',
      `[${cri}.containerd.runtimes.nvidia.options]`,
      'BinaryName = "/usr/bin/nvidia-container-runtime"',
      '[proxy_plugins.stargz]',
    ],
  },
  'values of several lines': {
    was: 'version = 2\n[timeouts]\n"io.containerd.timeout.task.state" = "2s"\n[ttrpc]\nx = [\n  "a#b", # one\n  "c]",\n]\n',
    has: ['"io.containerd.timeout.task.state" = "2s"', 'x = [ "a#b", "c]", ]'],
  },
  'ours in another way': {
    was: `version = 2\n[${cri}]\n  sandbox_image = "old:1"\n  [${cri}.cni]\n  conf_dir = "/x"\n`,
    has: 'ours',
  },
  'its own defaults, spelt out': {
    was: `version = 3\nroot = '/var/lib/containerd'\n[plugins.'io.containerd.cri.v1.runtime']\n  x = 1\n  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n    SystemdCgroup = true\n`,
    preset: `version = 3\nroot = '/var/lib/containerd'\n[plugins.'io.containerd.cri.v1.runtime']\n  x = 1\n  [plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]\n    SystemdCgroup = false\n`,
    has: ["root = '/var/lib/containerd'"],
    not: /cri\.v1\.runtime/,
  },
  'plugins of version 3': {
    was: "version = 3\n[plugins.'io.containerd.snapshotter.v1.devmapper']\n  pool_name = 'p'\n",
    refused: /devmapper.*pool_name/,
  },
  'mirrors in the old way': {
    was: `version = 2\n[${cri}.registry.mirrors."docker.io"]\n  endpoint = ["https://m"]\n`,
    refused: /registry\.mirrors/,
  },
  'no mirrors in the old way': {
    was: `version = 2\n[${cri}.registry.mirrors]\n[${cri}.registry]\n  config_path = ""\n`,
    has: 'ours',
  },
  'registries in another directory': {
    was: `version = 2\n[${cri}.registry]\n  config_path = "/etc/own"\n`,
    refused: /\/etc\/own/,
  },
  'no TOML': { was: '{ "root": "/x" }\n', refused: /line 1: / },
  'an array without its end': { was: 'imports = [\n "a"\n', refused: /line 2: brackets/ },
}

describe.concurrent.each(asRoot)('a containerd that others set up, under %s', (shell) => {
  it.for(Object.entries(containerds))('%s', async ([, { was, preset, has = [], not, refused }], { place }) => {
    lay(place, { [configToml]: was })
    const titles = ['containerd configuration compatible', 'containerd configuration']
    const stubs = preset === undefined ? '' : `containerd() { cat <<'E'\n${preset}E\n}\ntimeout() { shift; "$@"; }`
    const run = async (title: string) => {
      const { task, options } = shippedTask(place, title)
      return place.program(shell, [task], { ...options, prelude: `${options.prelude}\n${stubs}` }).run()
    }
    const first = await run(titles[0] as string)
    const path = join(place.root, 'host', configToml)
    if (refused !== undefined) {
      expect(outline(first)).toEqual(['failed t1 check 3', 'end failed'])
      expect(textOf(first, 'log', 't1')).toMatch(refused)
      expect(readFileSync(path, 'utf8')).toBe(was)
      return
    }
    expect(outline(first)).toEqual(['ok t1', 'end done'])
    expect(outline(await run(titles[1] as string))).toContain('changed t1')
    const now = readFileSync(path, 'utf8')
    const all = now.split('\n').map((line) => line.trim())
    if (has === 'ours') expect(now).toBe(renderedWith({}, 'containerd/config.toml.ejs'))
    else expect(all.filter((line) => has.includes(line))).toEqual(has)
    if (not !== undefined) expect(now).not.toMatch(not)
    expect(outline(await run(titles[1] as string))).toEqual(['ok t1', 'end done'])
  })
})

const hostsToml = '/etc/containerd/certs.d/docker.io/hosts.toml'
const mirrored = { mirrors: { registries: { 'docker.io': ['https://m.office'] } } }
const kubelet = '/etc/default/kubelet'

/** A task, sections of the inventory, what is there, and what the refusal names. */
const wholes: readonly (readonly [string, string, object, Record<string, string>, RegExp | undefined])[] = [
  ['no hosts.toml', 'containerd registries not managed elsewhere', mirrored, {}, undefined],
  [
    'a hosts.toml with a CA',
    'containerd registries not managed elsewhere',
    mirrored,
    { [hostsToml]: 'server = "https://docker.io"\n[host."https://harbor.site"]\n  ca = "/etc/ca.crt"\n' },
    /harbor\.site.*ca/,
  ],
  [
    'a hosts.toml of a registry nobody names',
    'containerd registries not managed elsewhere',
    {},
    { '/etc/containerd/certs.d/quay.io/hosts.toml': 'server = "x"\n' },
    undefined,
  ],
  ['no flags', 'No unmanaged kubelet flags', {}, {}, undefined],
  ['an empty setting', 'No unmanaged kubelet flags', {}, { [kubelet]: 'KUBELET_EXTRA_ARGS=\n' }, undefined],
  [
    'our flags',
    'No unmanaged kubelet flags',
    {},
    { [kubelet]: 'KUBELET_EXTRA_ARGS="--config-dir=@HOST/etc/kubernetes/kubelet.conf.d"\n' },
    undefined,
  ],
  [
    'flags of somebody else',
    'No unmanaged kubelet flags',
    {},
    { [kubelet]: 'KUBELET_EXTRA_ARGS=--config-dir=@HOST/etc/kubernetes/kubelet.conf.d --v=4 --max-pods=250\n' },
    /--v=4 --max-pods=250/,
  ],
]

describe.concurrent.each(shells)('whole files of others, under %s', (shell) => {
  it.for(wholes)('%s', async ([, title, sections, there, refused], { place }) => {
    lay(place, there)
    const { task, options } = shippedTask(place, title, sections)
    const events = await place.program(shell, [task], { ...options, mode: 'check' }).run()
    expect(outline(events).at(0)).toBe(refused === undefined ? 'ok t1' : 'failed t1 check 3')
    if (refused !== undefined) expect(textOf(events, 'log', 't1')).toMatch(refused)
  })
})
