import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { render } from '../../../src/playbook/render.ts'
import type { WantedAddon } from '../../../src/variables/addons.ts'
import { variablesOf } from '../../../src/variables/variables.ts'

const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
const password = 'correct-horse'

interface KubernetesObject {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly [field: string]: unknown
}

/** The objects of an add-on, of an inventory that says so. */
function objects(name: string, addons: string, mirrors = '{}'): KubernetesObject[] {
  const text = `cluster: lab\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\naddons: ${addons}\nmirrors: ${mirrors}\n`
  const inventory = readInventory(text, 'hosts.yaml')
  const [host] = inventory.hosts
  if (host === undefined) throw new Error('unreachable')
  const secrets = { registries: {}, proxy: '', releases: {}, addons: { kuboard: { password } } }
  const scope = variablesOf(inventory, host, facts, catalogue, secrets)
  const item = (scope.addons as WantedAddon[]).find((each) => each.name === name)
  const file = new URL(`../../../${item?.manifest}`, import.meta.url).pathname
  const manifest = render(readFileSync(file, 'utf8'), file, { ...scope, item })
  return parseAllDocuments(manifest).map((document) => document.toJS() as KubernetesObject)
}

const names = (all: readonly KubernetesObject[], kind: string) =>
  all.filter((each) => each.kind === kind).map((each) => each.metadata.name)

describe('Headlamp', () => {
  const plain = objects('headlamp', '{ headlamp: true }')

  it('may do nothing itself, and whom it lets in may only read', () => {
    expect(names(plain, 'ServiceAccount')).toEqual(['headlamp', 'headlamp-viewer'])
    const bindings = plain.filter((each) => each.kind === 'ClusterRoleBinding')
    expect(bindings.map((each) => (each.subjects as { name: string }[]).map((subject) => subject.name))).toEqual([
      ['headlamp-viewer'],
      ['headlamp-viewer'],
    ])
    expect(bindings.map((each) => (each.roleRef as { name: string }).name)).toEqual([
      'view',
      'provision:headlamp-cluster',
    ])
    const role = plain.find((each) => each.kind === 'ClusterRole')
    const rules = role?.rules as { verbs: string[]; resources: string[] }[]
    expect(new Set(rules.flatMap((rule) => rule.verbs))).toEqual(new Set(['get', 'list', 'watch']))
    expect(rules.flatMap((rule) => rule.resources).filter((one) => /secret|\/|\*/.test(one))).toEqual([])
  })

  it('has a login that may do everything only where it is asked for', () => {
    const admin = objects('headlamp', '{ headlamp: { admin: true } }')
    expect(JSON.stringify(plain)).not.toContain('admin')
    expect(names(admin, 'ServiceAccount')).toContain('headlamp-admin')
    expect(admin.filter((each) => (each.roleRef as { name?: string })?.name === 'cluster-admin')).toHaveLength(1)
  })

  it('is let in to from outside only by a name, and by HTTPS alone', () => {
    const named = objects('headlamp', '{ traefik: true, headlamp: { host: look.example.com } }')
    expect(names(plain, 'Ingress')).toEqual([])
    const [ingress] = named.filter((each) => each.kind === 'Ingress')
    expect(ingress?.metadata).toMatchObject({
      annotations: { 'traefik.ingress.kubernetes.io/router.entrypoints': 'websecure' },
    })
    expect(ingress?.spec).toMatchObject({ ingressClassName: 'traefik', rules: [{ host: 'look.example.com' }] })
    for (const service of named.filter((each) => each.kind === 'Service'))
      expect(service.spec).not.toHaveProperty('type')
  })
})

describe('Kuboard', () => {
  const all = objects('kuboard', '{ local-path: true, kuboard: { password: prompt } }')

  it('has its password from a Secret, and nothing leads to it before it has refused the one that everybody knows', () => {
    expect(all.filter((each) => JSON.stringify(each).includes(password)).map((each) => each.kind)).toEqual(['Secret'])
    const deployment = all.find((each) => each.kind === 'Deployment') as unknown as {
      spec: { template: { spec: { containers: { env: object[]; startupProbe: { exec: { command: string[] } } }[] } } }
    }
    const [container] = deployment.spec.template.spec.containers
    expect(container?.env[0]).toEqual({
      name: 'KUBOARD_ADMIN_DERAULT_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'kuboard-password', key: 'password' } },
    })
    expect(container?.startupProbe.exec.command.at(-1)).toContain('Kuboard123')
  })

  it('may do nothing in the cluster, and its store is not to be reached', () => {
    expect(names(all, 'ServiceAccount')).toEqual([])
    expect(names(all, 'ClusterRoleBinding')).toEqual([])
    const policy = all.find((each) => each.kind === 'NetworkPolicy')?.spec as {
      ingress: { ports: { port: number }[] }[]
    }
    expect(policy.ingress.flatMap((rule) => rule.ports.map((one) => one.port))).toEqual([80, 10081, 10081])
  })
})

it('Kuboard is warned of where Kubernetes is newer than it names', () => {
  const text = (version: string) =>
    `cluster: lab\nhosts:\n  cp1: { address: 10.0.0.11, role: control-plane }\nkubernetes: { version: ${version} }\n` +
    'addons: { local-path: true, kuboard: { password: prompt } }\n'
  const { warnings } = readInventory(text('1.36.3'), 'hosts.yaml')
  expect(warnings.map((each) => each.message)).toEqual([
    'Kuboard v3 supports Kubernetes 1.13 to 1.33, and kubernetes.version is 1.36.3',
  ])
})

describe("Kuboard's image", () => {
  const hub = 'docker.io/eipwork/kuboard:v3'
  const china = 'swr.cn-east-2.myhuaweicloud.com/kuboard/kuboard:v3'
  const cases: readonly (readonly [string, string])[] = [
    ['{}', hub],
    ['aliyun', china],
    ['[tuna, ustc]', china],
    ['{ preset: ustc, packages: { docker: "http://m" } }', china],
    ['{ preset: tuna, registries: { docker.io: "https://hub.example.com" } }', hub],
    ['{ registries: { docker.io: "https://hub.example.com" } }', hub],
  ]
  it.each(cases)('with mirrors: %s is %s', (mirrors, image) => {
    const found = JSON.stringify(objects('kuboard', '{ local-path: true, kuboard: { password: prompt } }', mirrors))
    expect([...new Set(found.match(/[\w.-]+\/[\w/]+kuboard:v3/g))]).toEqual([image])
  })
})
