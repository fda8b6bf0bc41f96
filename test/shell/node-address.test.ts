import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { parse } from 'yaml'
import { placeTest as it, outline, type Place, type Shell, shells } from './harness.ts'
import { shippedTask } from './shipped.ts'

// In a network namespace with these links: whether the address that a node is to have is one of the host's.

interface Case {
  readonly name: string
  readonly host?: object
  readonly links: Readonly<Record<string, readonly string[]>>
  readonly default?: string
  readonly told?: string
  readonly role?: 'control-plane'
  /** Names of /etc/hosts, with their addresses. */
  readonly names?: Readonly<Record<string, string>>
}

const cases = parse(readFileSync(new URL('cases/node-address.yaml', import.meta.url), 'utf8')) as readonly Case[]

function network({ links, default: way, names = {} }: Case, place: Place): string {
  const lines = Object.entries(links).flatMap(([link, addresses]) => [
    ...(link === 'lo' ? [] : [`ip link add ${link} type veth peer name ${link}p`]),
    ...addresses.map((each) => `ip address add ${each} dev ${link}${each.includes(':') ? ' nodad' : ''}`),
    `ip link set ${link} up`,
  ])
  const route = way === undefined ? [] : [`ip route add default dev ${way}`]
  const hosts = join(place.root, 'hosts')
  writeFileSync(
    hosts,
    Object.entries({ localhost: '127.0.0.1', ...names })
      .map(([name, address]) => `${address} ${name}\n`)
      .join(''),
  )
  const resolver = [`mount --bind ${hosts} /etc/hosts`, 'mount --bind /dev/null /etc/resolv.conf']
  return ['set -e', ...lines, ...route, ...resolver, 'exec "$@"', ''].join('\n')
}

describe.concurrent.each(shells)('under %s', (shell) => {
  it.for(cases)('$name', async (given, { place }) => {
    const host = { address: '10.0.0.21', ...given.host }
    const v6 = host.address.includes(':')
    const byName = /[g-z]/.test(host.address)
    const title = byName ? 'Node name resolves to address' : 'Node address on this host'
    const { task, options } = shippedTask(place, title, {
      hosts: {
        cp1: { address: v6 ? 'fd00::11' : '10.0.0.11', role: 'control-plane' },
        w1: { ...host, role: given.role ?? 'worker' },
      },
      ...(given.role === undefined ? {} : { kubernetes: { endpoint: '10.0.0.10:6443' } }),
      ...(v6
        ? {
            kubernetes: { podSubnet: 'fd10::/56', serviceSubnet: 'fd20::/112' },
            network: { manifest: 'inventory/minimal.yaml' },
          }
        : {}),
    })
    const script = join(place.root, 'network')
    writeFileSync(script, network(given, place))
    const inside = `unshare -mn sh ${script} ${shell}` as Shell
    const events = await place.program(inside, [task], options, { P_SH: shell }).run()
    if (given.told === undefined) expect(outline(events)).toEqual(['ok t1', 'end done'])
    else {
      expect(outline(events).join()).toMatch(/failed t1 check/)
      expect(JSON.stringify(events)).toMatch(new RegExp(given.told))
    }
  })
  it.for([
    ['10.0.0.21', undefined],
    ['10.0.2.15', 'advertises 10.0.2.15, and the inventory gives it 10.0.0.21: .*node: { address: 10.0.2.15 }'],
  ] as const)('a control plane that was made with %s', async ([advertised, told], { place }) => {
    const { task, options } = shippedTask(place, 'kubeadm files unmodified')
    const on = (path: string) => join(place.root, 'host', path)
    for (const path of ['etc/kubernetes/manifests', 'var/lib/provision/kubeadm-files'])
      mkdirSync(on(path), { recursive: true })
    const manifest = `spec:\n  - command:\n    - kube-apiserver\n    - --advertise-address=${advertised}\n`
    writeFileSync(on('etc/kubernetes/manifests/kube-apiserver.yaml'), manifest)
    writeFileSync(on('var/lib/provision/kubeadm-files/kube-apiserver.yaml'), manifest)
    const events = outline(await place.program(shell, [task], options).run())
    expect(events.filter((event) => !event.startsWith('note '))).toEqual(['ok t1', 'end done'])
    if (told === undefined) expect(events).toHaveLength(2)
    else expect(events.join()).toMatch(new RegExp(told))
  })
})
