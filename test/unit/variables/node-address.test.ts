import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { catalogue } from '../../../src/catalogue/load.ts'
import { readInventory } from '../../../src/inventory/load.ts'
import { variablesOf } from '../../../src/variables/variables.ts'
import { renderedWith } from '../../rendered.ts'

interface Case {
  /** The host's line, and what of it is its node's address. */
  readonly host: string
  readonly address: string | undefined
}

const cases: readonly Case[] = [
  { host: 'address: 192.168.56.11', address: '192.168.56.11' },
  { host: 'address: "fd00::11"', address: 'fd00::11' },
  { host: 'address: "fd00:0:0::11"', address: 'fd00::11' },
  { host: 'address: 203.0.113.5, node: { address: 10.0.0.11 }', address: '10.0.0.11' },
  { host: 'address: cp1.example.com, node: { address: 10.0.0.11 }', address: '10.0.0.11' },
  { host: 'address: 192.168.56.11, connection: local', address: '192.168.56.11' },
  { host: 'address: cp1.example.com', address: undefined },
]

function sections(host: string) {
  const hosts = { cp1: parse(`{ ${host}, role: control-plane }`) }
  if (!host.includes('"fd00')) return { hosts }
  const kubernetes = { podSubnet: 'fd10::/56', serviceSubnet: 'fd20::/112' }
  return { hosts, kubernetes, network: { manifest: 'inventory/minimal.yaml' } }
}

describe.each(cases)('a host with $host is the node $address', ({ host, address }) => {
  const endpoint = address === undefined ? undefined : { advertiseAddress: address }
  const values = {
    json: JSON.stringify,
    outputs: { joinToken: 't', certificateKey: 'k' },
    caCertHash: '',
    certificateKey: 'k',
  }
  const document = (template: string) =>
    parseAllDocuments(renderedWith(sections(host), `kubernetes/${template}`, values))[0]?.toJS()

  it('to kubeadm, whatever it makes', () => {
    expect(document('kubeadm-init.yaml.ejs').localAPIEndpoint).toEqual(endpoint)
    expect(document('kubeadm-join.yaml.ejs').controlPlane.localAPIEndpoint).toEqual(endpoint)
    // kubeadm gives up without a default route and without an address, whether it is to use it or not.
    expect(document('upload-certs.yaml.ejs').localAPIEndpoint).toEqual(endpoint)
  })

  it('to its kubelet, under its own name', () => {
    const inventory = readInventory(JSON.stringify({ cluster: 'x', ...sections(host) }), 'hosts.yaml')
    const facts = { family: 'debian', id: 'debian', version: '13', codename: 'trixie', arch: 'amd64' } as const
    const [first] = inventory.hosts
    const scope = first && variablesOf(inventory, first, facts, catalogue)
    const given = address === undefined ? '' : ` --node-ip=${address}`
    expect(scope?.nodeArguments).toBe(` --hostname-override=cp1${given}`)
    // It is looked for on the host before anything is touched.
    expect([scope?.hasNodeAddress, scope?.nodeAddress]).toEqual([address !== undefined, address ?? ''])
  })
})
