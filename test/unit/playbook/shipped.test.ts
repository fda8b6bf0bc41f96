import { readdirSync, readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { compileProgram } from '../../../src/compile/compile.ts'
import { compiling } from '../../../src/compile/load.ts'
import type { HostFacts } from '../../../src/host-facts.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { clusterPlaybooks } from '../../../src/operations/playbooks.ts'
import { createRedactor } from '../../../src/secrets/redact.ts'
import { loadPrelude } from '../../../src/shell/load.ts'
import { derivedSecrets, secretSources, settingsSecrets } from '../../../src/variables/settings-secrets.ts'

const systems: Readonly<Record<string, HostFacts>> = {
  'debian-12': { family: 'debian', id: 'debian', version: '12', codename: 'bookworm', arch: 'amd64' },
  'debian-13': { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'arm64' },
  'ubuntu-24.04': { family: 'debian', id: 'ubuntu', version: '24.04', codename: 'noble', arch: 'amd64' },
  'rocky-9': { family: 'el', id: 'rocky', version: '9.6', codename: '', arch: 'amd64' },
}

const one = 'hosts:\n  cp1: { address: 10.0.0.11, role: control-plane, taints: [] }\n'
const three =
  'hosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  w1: { address: 10.0.0.21, role: worker, labels: { disk: ssd }, taints: ["gpu=true:NoSchedule"] }\n  w2: { address: 10.0.0.22, role: worker, state: down }\n'
const many =
  'kubernetes: { endpoint: "k8s.example.com:6443" }\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\n  cp2: { address: 10.0.0.12, role: control-plane }\n  cp3: { address: 10.0.0.13, role: control-plane }\n  w1: { address: w1.example.com, role: worker }\n'

const inventories: Readonly<Record<string, string>> = {
  'one host': one,
  'three hosts': three,
  'three control planes': many,
  'three control planes, names by DNS': `${many}names: dns\n`,
  'IPv6 addresses':
    'hosts:\n  cp1: { address: "fd00::11", role: control-plane }\n  w1: { address: "fd00::21", role: worker }\nkubernetes: { podSubnet: "fd00:244::/56", serviceSubnet: "fd00:96::/112" }\nnetwork: { manifest: inventory/minimal.yaml }\n',
  'no kube-proxy': `${three}network: { kubeRouter: { serviceProxy: true } }\n`,
  'cri-dockerd': `${three}runtime: { cri: cri-dockerd }\n`,
  'containerd alone': `${three}runtime: { engine: none }\n`,
  'Aliyun, time zone, swap on, names by DNS': `${three}mirrors: aliyun\ntime: { zone: Asia/Shanghai }\nswap: on\nnames: dns\n`,
  'private registry': `${three}registries: { private: [{ host: "r.example.com:5000", insecure: true }] }\n`,
  'releases of Helm': `${three}helm: { releases: { web: { chart: "oci://r.example.com/web", version: 1.0.0, namespace: shop, values: { a: 1 }, secretValues: prompt }, own: { chart: test/unit/inventory/charts/good, namespace: own, valuesFile: test/unit/inventory/charts/good/values.yaml } } }\n`,
  'everything passed through': `${one}kubernetes: { version: 1.37.1, kubelet: { maxPods: 50 }, kubeProxy: { mode: nftables }, apiServer: { extraArgs: { v: "2" } }, ignorePreflightErrors: [NumCPU, Mem] }\n`,
}

const clusterCA = `-----BEGIN CERTIFICATE-----
MIIBgTCCASegAwIBAgIUaaHny/V675ALuOtTHgrFOxKPaB4wCgYIKoZIzj0EAwIw
FTETMBEGA1UEAwwKa3ViZXJuZXRlczAgFw0yNjExMjEwNzI1MzJaGA8yMTI2MTAy
ODA3MjUzMlowFTETMBEGA1UEAwwKa3ViZXJuZXRlczBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABPqiJw1wIQBkeSBa81FaoAb0qOrh+MXg6pDVKVFNAU+aD85C8l56
VaCxaN8X0puq35+WR+GPTMsF71HQrZnRaEejUzBRMB0GA1UdDgQWBBTuEXJDpKdo
ofPvVC8cHwOsqCxsXDAfBgNVHSMEGDAWgBTuEXJDpKdoofPvVC8cHwOsqCxsXDAP
BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDrziqPeZauufydBGKQ
S+AQDfZWt2CFSrOIj9tfKgXjugIgLD9pfFsa8c5MjoillIArPnb+1PQHAMRf89HW
WFwCgYw=
-----END CERTIFICATE-----
`

/** Every host of every such cluster compiles, before the first value of another host is there and with all of them. */
describe.each(Object.keys(inventories))('%s', (name) => {
  const inventory = readInventory(`cluster: lab\n${inventories[name]}`, 'hosts.yaml')
  const how = compiling(inventory, clusterPlaybooks(inventory))
  const up = inventory.hosts.filter((host) => host.state === 'up')
  const joined = Object.fromEntries(up.slice(1).map((host) => [host.name, 'yes']))
  const all = { joinToken: 'abcdef.0123456789abcdef', certificateKey: 'f'.repeat(64), clusterCA, joined }

  it.each(Object.keys(systems))('%s', (system) => {
    const facts = systems[system] as HostFacts
    for (const host of up) {
      const plan = how.plan(host, facts)
      for (const values of [{}, all]) {
        const program = compileProgram(
          plan,
          [...plan.tasks, ...plan.onDemand],
          { mode: 'apply', prelude: loadPrelude(facts.family), id: 'test' },
          {
            ...how.compileInput(host, facts, values),
            values,
            generate: (kind) => (kind === 'bootstrapToken' ? all.joinToken : all.certificateKey),
            clockOffset: 0,
            isSecret: () => false,
            absent: () => [],
          },
        )
        expect(program.text.endsWith('esac\n')).toBe(true)
        expect(program.text).not.toMatch(/\bundefined\b|\[object Object\]/)
      }
    }
  })
})

describe('a file that will hold a secret', () => {
  const secretive = `${three}proxy: { http: "http://proxy:3128", username: ci, password: prompt }
registries: { private: [{ host: r.example.com, username: puller, password: prompt }] }
addons: { local-path: true, registry: { password: prompt }, kuboard: { password: prompt } }
helm: { releases: { web: { chart: "oci://r.example.com/web", version: 1.0.0, namespace: shop, secretValues: prompt } } }
`
  const inventory = readInventory(`cluster: lab\n${secretive}`, 'hosts.yaml')
  const playbooks = clusterPlaybooks(inventory)
  const values = new Map(
    secretSources(inventory, playbooks).map(({ key }, index) => [
      key,
      key.startsWith('release ') ? `token: canary-of-${index}\n` : `Canary-${index}-canary`,
    ]),
  )
  const secrets = settingsSecrets(inventory, values)
  const outputs = {
    joinToken: 'abcdef.0123456789abcdef',
    certificateKey: 'f'.repeat(64),
    clusterCA,
    joined: { w1: 'yes' },
  }
  const redactor = createRedactor([
    ...values.values(),
    ...derivedSecrets(inventory, secrets),
    outputs.joinToken,
    outputs.certificateKey,
  ])
  const how = compiling(inventory, playbooks, secrets)

  it.each(['debian-13', 'rocky-9'])('is closed by the task that writes it: %s', (system) => {
    const facts = systems[system] as HostFacts
    const closed: string[] = []
    for (const host of inventory.hosts.filter((each) => each.state === 'up')) {
      const plan = how.plan(host, facts)
      const input = {
        ...how.compileInput(host, facts, outputs),
        values: outputs,
        generate: () => outputs.joinToken,
        clockOffset: 0,
        isSecret: (text: string) => redactor.holdsSecret(text),
        absent: () => [],
      }
      for (const task of [...plan.tasks, ...plan.onDemand]) {
        const { text } = compileProgram(plan, [task], { mode: 'apply', prelude: '', id: 'test' }, input)
        if (!redactor.holdsSecret(text)) continue
        // The mode stands behind the path, of a block behind its text.
        const writes = [
          ...text.matchAll(/\bwrite_file (\S+) (\d+) /g),
          ...text.matchAll(/\bset_block (\S+) [^\n]*(?:\n[^\n]*?)*?' (\d+) \w+ \w+$/gm),
        ]
        for (const [, path, mode] of writes) {
          expect(mode, `${task.title}: ${path}`).toMatch(/^[0-7]?[0-7]00$/)
          closed.push(path ?? '')
        }
        if (/_diff_text\(\)/.test(text)) expect(task.module, task.title).toBe('helmRelease')
      }
    }
    const wanted = [
      '/etc/provision-proxy.env',
      facts.family === 'debian' ? '/etc/apt/apt.conf.d/90provision-proxy' : '/etc/dnf/dnf.conf',
      '/var/lib/kubelet/config.json',
      '/root/.docker/config.json',
    ]
    expect(closed).toEqual(expect.arrayContaining(wanted))
  })
})

/** What editors check with must take what we ship, and refuse what we refuse. */
describe('JSON Schemas', () => {
  const root = new URL('../../../', import.meta.url)
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
  const validator = (path: string) => new Ajv2020({ strict: false }).compile(JSON.parse(read(path)))
  const inventory = validator('docs/schema/inventory.json')
  const playbook = validator('docs/schema/playbook.json')
  const yamls = (directory: string) =>
    readdirSync(new URL(directory, root), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.yaml'),
    )

  it.each(yamls('inventory'))('take inventory/%s', (name) => {
    expect(inventory(parse(read(`inventory/${name}`))) || inventory.errors).toBe(true)
  })

  it.each(yamls('playbooks'))('take playbooks/%s', (name) => {
    expect(playbook(parse(read(`playbooks/${name}`))) || playbook.errors).toBe(true)
  })

  it.each([
    ['inventory', 'role-misspelt'],
    ['inventory', 'unknown-settings'],
    ['inventory', 'version-number'],
    ['playbook', 'module-misspelt'],
    ['playbook', 'module-two'],
    ['playbook', 'mode-number'],
    ['playbook', 'task-setting-misspelt'],
  ] as const)('refuse a malformed %s: %s', (kind, name) => {
    const check = kind === 'inventory' ? inventory : playbook
    expect(check(parse(read(`test/unit/${kind}/malformed/${name}.yaml`)))).toBe(false)
  })
})
