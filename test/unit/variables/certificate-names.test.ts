import { expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { renderedWith } from '../../rendered.ts'

/** The endpoint, and the name or address of it that the API server's certificate must have. */
const cases: readonly (readonly [endpoint: string, name: string])[] = [
  ['k8s.example.com:6443', 'k8s.example.com'],
  ['10.0.0.10:6443', '10.0.0.10'],
  ['[fd00::10]:6443', 'fd00::10'],
]

it.each(cases)('of the endpoint %s the certificate has %s', (endpoint, name) => {
  const six = endpoint.startsWith('[')
  const hosts = { cp1: { address: six ? 'fd00::11' : '10.0.0.11', role: 'control-plane' } }
  const subnets = six ? { podSubnet: 'fd10::/56', serviceSubnet: 'fd20::/112' } : {}
  const network = six ? { manifest: 'inventory/minimal.yaml' } : 'kube-router'
  const sections = { hosts, network, kubernetes: { endpoint, ...subnets } }
  const text = renderedWith(sections, 'kubernetes/kubeadm-init.yaml.ejs', { json: JSON.stringify })
  const sans: string[] = parseAllDocuments(text)[1]?.toJS().apiServer.certSANs
  expect(sans).toContain(name)
  expect(sans.filter((each) => /[[\]]/.test(each))).toEqual([])
})
