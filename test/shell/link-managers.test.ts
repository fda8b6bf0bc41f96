import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { blockOf } from '../../src/modules/files/lines.ts'
import { loadPrelude } from '../../src/shell/load.ts'
import { podLinks } from '../../src/variables/pod-links.ts'
import { renderedWith } from '../rendered.ts'
import { type Files, type Machine, others, pods, startMachine } from './link-managers/machine.ts'
import { runNetworkd } from './link-managers/networkd.ts'

// Real managers of links, each on a host that is this machine in namespaces of its own, and what they do with what a pod network
// adds: as they are, and as they are told.

let machine: Machine

beforeAll(async () => {
  machine = await startMachine([
    'network-manager',
    'netplan.io',
    'dhcpcd-base',
    'ifupdown',
    'isc-dhcp-client',
    'connman',
    'dnsmasq-base',
    'dbus',
  ])
}, 300_000)

afterAll(() => machine?.stop())

interface Case {
  readonly name: string
  readonly files: Files
  /** Links that it leaves alone. */
  readonly alone: readonly string[]
  readonly called?: string
}

const all = [...pods, ...others]
const inOrder = (links: readonly string[]) => ['alone:', ...all.filter((each) => links.includes(each))].join(' ')

const profile = {
  'etc/NetworkManager/system-connections/eth9.nmconnection':
    '[connection]\nid=eth9\ntype=ethernet\ninterface-name=eth9\n[ipv4]\nmethod=auto\n[ipv6]\nmethod=disabled\n',
}
const netplan = (renderer: string, link: string) => ({
  'etc/netplan/01.yaml': `network:\n  version: 2\n  renderer: ${renderer}\n  ethernets:\n    wild: ${link}\n    eth9: { addresses: [10.9.0.5/24], link-local: [], accept-ra: false }\n`,
})
const name = { 'etc/hostname': 'cp1\n' }
const told = { 'etc/NetworkManager/conf.d/zz-provision.conf': renderedWith({}, 'host/network-manager.conf.ejs') }

const ofNetworkManager: readonly Case[] = [
  { name: 'as it is', files: { ...profile, ...name }, alone: [] },
  { name: 'told', files: { ...profile, ...name, ...told }, alone: pods },
  {
    name: 'told, beside a list of the site that is read later than most',
    files: {
      ...profile,
      ...name,
      ...told,
      'etc/NetworkManager/conf.d/calico.conf':
        '[keyfile]\nunmanaged-devices=interface-name:cali*;interface-name:tunl*;interface-name:br-ext\n',
    },
    alone: [...pods, 'br-ext'],
  },
  {
    name: 'told, by netplan that matches any link',
    files: {
      ...name,
      ...told,
      ...netplan('NetworkManager', '{ match: { name: "*" }, dhcp4: true }'),
    },
    alone: pods,
  },
  {
    name: 'told, by netplan that has it manage whatever is a link',
    files: { ...name, ...told, ...netplan('NetworkManager', '{ match: {}, dhcp4: true }') },
    alone: pods,
  },
  {
    name: 'told, and to take the host’s name of DHCP',
    files: { ...profile, ...name, ...told, 'etc/NetworkManager/conf.d/name.conf': '[main]\nhostname-mode=dhcp\n' },
    alone: pods,
  },
  {
    name: 'told, on a host without a name',
    files: { ...profile, ...told, 'etc/hostname': 'localhost\n' },
    alone: pods,
    called: 'name-by-dhcp',
  },
]

describe.concurrent('NetworkManager, started again', () => {
  test.for(ofNetworkManager)('$name', async ({ files, alone, called = 'cp1' }) => {
    const seen = await machine.run('network-manager.sh', files)
    expect(seen).toEqual([inOrder(alone), 'left: route rule address', `name: ${called}`])
  })
})

const site = 'duid\npersistent\noption host_name\ninterface eth9\nstatic routers=10.9.0.1\n'
const denied = blockOf('pods', renderedWith({}, 'host/dhcpcd.conf.ejs'))
const ofDhcpcd: readonly Case[] = [
  { name: 'as it is', files: { ...name, 'etc/dhcpcd.conf': site }, alone: [] },
  { name: 'told', files: { ...name, 'etc/dhcpcd.conf': `${denied}\n${site}` }, alone: pods },
  {
    name: 'told after what is of one link alone',
    files: { ...name, 'etc/dhcpcd.conf': `${site}${denied}\n` },
    alone: [],
  },
  {
    name: 'told, beside a list of the site',
    files: { ...name, 'etc/dhcpcd.conf': `${denied}\ndenyinterfaces bond*\n${site}` },
    alone: [...pods, 'bond0'],
  },
  {
    name: 'told, on a host without a name',
    files: { 'etc/hostname': 'localhost\n', 'etc/dhcpcd.conf': `${denied}\n${site}` },
    alone: pods,
    called: 'name-by-dhcp',
  },
]

describe.concurrent('dhcpcd on all links, started again', () => {
  test.for(ofDhcpcd)('$name', async ({ files, alone, called = 'cp1' }) => {
    const seen = await machine.run('dhcpcd.sh', files)
    expect(seen).toEqual([inOrder(alone), 'left: route rule address', `name: ${called}`])
  })
})

/** What a run says of a manager that it cannot tell by a file of its own. */
const verdict = (word: string) => ({
  'run/program': `${loadPrelude('debian')}\nsystemctl() { :; }\n${word} ${podLinks.names}\n`,
})

/** interfaces(5), and whether links of pods are among those that it sets. */
const ofIfupdown: readonly (readonly [lines: string, taken: readonly string[]])[] = [
  ['auto lo eth9\niface lo inet loopback\niface eth9 inet dhcp', ['eth9']],
  ['auto /*=any\niface any inet dhcp', [...all, 'eth9']],
  ['allow-hotplug /*=any\niface any inet dhcp', [...all, 'eth9']],
  ['allow-hotplug /en*=any eth9\niface any inet dhcp\niface eth9 inet dhcp', ['enp1s0', 'eth9']],
  ['auto eth9 /veth*/1=pods\niface eth9 inet dhcp\niface pods inet dhcp', ['veth1f2e3d4c', 'eth9']],
  ['auto /*\niface eth9 inet dhcp', ['eth9']],
]

describe.concurrent('ifupdown, started again', () => {
  test.for(ofIfupdown)('%s', async ([lines, taken]) => {
    const [alone, ...said] = await machine.run('ifupdown.sh', {
      'etc/network/interfaces': `${lines}\n`,
      ...verdict('ifupdown_takes'),
    })
    expect(alone).toBe(inOrder(all.filter((each) => !taken.includes(each))))
    if (pods.some((each) => taken.includes(each))) expect(said.join()).toContain('has ifupdown set links of pods')
    else expect(said.join()).toBe('')
  })
})

const dhcp = { 'etc/network/interfaces': 'auto eth9\niface eth9 inet dhcp\n' }
const hook = (text: string) => ({ ...dhcp, 'etc/dhcp/dhclient-exit-hooks.d/site': text })

/** Scripts and settings of dhclient, what of names and rules is left, and what a run says of them before. */
const ofDhclient: Readonly<Record<string, { files: Files; left?: string; called?: string; says?: string }>> = {
  'as it is': { files: dhcp },
  'on a host without a name': { files: { ...dhcp, 'etc/hostname': 'localhost\n' }, called: 'name-by-dhcp' },
  'that is told a name': {
    files: {
      ...dhcp,
      'etc/dhcp/dhclient.conf': 'request host-name, routers, domain-name-servers;\nsupersede host-name "by-conf";\n',
    },
  },
  'with a hook that reads the name': { files: hook('# hostname x\nname=$(hostname -s); hostname >/run/name\n') },
  'with a hook that sets the name': {
    files: hook('if [ -n "$new_host_name" ]; then hostname "$new_host_name"; fi\n'),
    called: 'name-by-dhcp',
    says: 'dhclient-exit-hooks.d/site: if [ -n "$new_host_name" ]; then hostname "$new_host_name"; fi: this sets',
  },
  'with a hook that writes /etc/hosts': {
    files: hook('printf "127.0.0.1 localhost\\n%s $(hostname)\\n" "$new_ip_address" >/etc/hosts\n'),
    left: 'rule',
    says: 'this writes /etc/hosts',
  },
  'with an interface that removes all rules': {
    files: {
      ...dhcp,
      'etc/network/interfaces': `${dhcp['etc/network/interfaces']}  up ip rule flush\n  up ip rule add lookup main prio 32766\n`,
    },
    left: 'hosts',
    says: '/etc/network/interfaces: up ip rule flush: this removes',
  },
}

describe.concurrent('ifupdown by dhclient, down and up', () => {
  test.for(Object.entries(ofDhclient))('%s', async ([, { files, left = 'rule hosts', called = 'cp1', says }]) => {
    const resolver = readFileSync(new URL('../../scripts/names/resolver.sh', import.meta.url), 'utf8')
    const lines = [loadPrelude('debian'), 'P_RUN=/run', 'note_hooks cp1', 'cat /run/notes 2>/dev/null || :']
    const seen = await machine.run('dhclient.sh', {
      ...name,
      ...files,
      'run/resolver': resolver,
      'run/program': `${lines.join('\n')}\n`,
    })
    expect(seen.slice(-2)).toEqual([`left: ${left}`, `name: ${called}`])
    if (says === undefined) expect(seen).toHaveLength(2)
    else expect(seen[0]).toContain(says)
  })
})

describe.concurrent('ConnMan', () => {
  const takes = async (files: Files) => {
    const [left, ...said] = await machine.run('connman.sh', { ...files, ...verdict('connman_takes') })
    return { left, said: said.join() }
  }

  test('takes addresses from bridges of pods until it is told what it is asked to be told', async () => {
    const before = await takes({})
    expect(before.left).toBe('left:')
    const [, list] = /(NetworkInterfaceBlacklist=\S+)/.exec(before.said) ?? []
    const after = await takes({ 'etc/connman/main.conf': `[General]\n${list}\nAllowHostnameUpdates=false\n` })
    expect(after).toEqual({ left: 'left: address', said: '' })
  })
})

describe.concurrent('systemd-networkd, by what netplan generates', () => {
  const links = ['{ match: { name: "*" }, dhcp4: true }', '{ match: { driver: veth }, dhcp6: true }']
  test.for(links)('%s', async (link) => {
    const printed = await machine.run('netplan.sh', netplan('networkd', link))
    const made = printed.join('\n').split(/^== /m).slice(1)
    const files = Object.fromEntries(
      made.map((each) => [each.slice(0, each.indexOf('\n')), each.slice(each.indexOf('\n') + 1)]),
    )
    expect(Object.keys(files)).toEqual(['10-netplan-eth9.network', '10-netplan-wild.network'])
    const conf = { '90-provision.conf': renderedWith({}, 'host/networkd.conf.ejs') }
    expect((await runNetworkd(conf, files))[1]).toBe('alone:')
    const ours = { '00-provision-pods.network': renderedWith({}, 'host/networkd-pods.network.ejs') }
    expect((await runNetworkd(conf, { ...files, ...ours }))[1]).toBe(inOrder(pods))
  })
})
