import ipaddr from 'ipaddr.js'
import { kindMistake, notOfNodes } from '../../address-kinds.ts'
import { isHostName, type Mistake, strictNameMistake } from '../../hosts/explain-address.ts'

const example = 'write for example k8s.example.com:6443'

/**
 * What is wrong with `host:port` by which all reach the API. kubeadm takes names in small letters and IP addresses.
 * Source: k8s.io/kubernetes, cmd/kubeadm/app/util/endpoint.go.
 */
export function endpointMistake(text: string): Mistake | undefined {
  if (/^[a-z]+:\/\//i.test(text)) {
    const bare = text.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '')
    return [
      'must be host:port, without https:// and a path',
      /:\d+$/.test(bare) ? `write ${bare}` : `write ${bare}:6443`,
    ]
  }
  if (/[@/]/.test(text)) return ['must be host:port', 'write it without a user and a path']
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^[\]:]*)):(\d+)$/.exec(text) ?? []
  if (port === undefined) return ['must be host:port', withoutPort(text)]
  if (Number(port) < 1 || Number(port) > 65535) return ['has an invalid port', 'write a port from 1 to 65535']
  if (bracketed !== undefined && !ipaddr.IPv6.isValid(bracketed)) {
    return ['has no valid IPv6 address in its brackets', 'write [fd00::10]:6443, or a name without brackets']
  }
  const host = bracketed ?? plain ?? ''
  const mistake = strictNameMistake(host)
  if (mistake !== undefined) return [mistake[0], isHostName(host) ? `${mistake[1]}:${port}` : example]
  return kindMistake(host, notOfNodes, 'write a name or address that all hosts use to reach the control planes')
}

function withoutPort(text: string): string {
  if (ipaddr.IPv6.isValid(text)) {
    const [, address = text, port = '6443'] = /^(.*):(\d{2,5})$/.exec(text) ?? []
    return `write IPv6 in brackets, followed by the port: [${ipaddr.IPv6.isValid(address) ? address : text}]:${port}`
  }
  return /^[A-Za-z0-9.-]+$/.test(text) ? `add the port: ${text}:6443` : example
}
