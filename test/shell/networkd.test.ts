import { describe, expect, test } from 'vitest'
import { renderedWith } from '../rendered.ts'
import { others, pods } from './link-managers/machine.ts'
import { runNetworkd } from './link-managers/networkd.ts'

// What sites have. With the broadcast address written out, since systemd 252 takes its own address off otherwise, and the
// kernel the routes with it.
const host =
  '[Match]\nName=eth9\n[Network]\nLinkLocalAddressing=no\n[Address]\nAddress=10.9.0.5/24\nBroadcast=10.9.0.255\n'
const anyLink = '[Match]\nName=*\n[Network]\nLinkLocalAddressing=no\n[Address]\nAddress=10.9.1.5/24\n'
const conf = renderedWith({}, 'host/networkd.conf.ejs')
const links = renderedWith({}, 'host/networkd-pods.network.ejs')

interface Case {
  readonly name: string
  readonly conf?: string
  readonly links: Readonly<Record<string, string>>
  /** What somebody else made and is there after a restart. */
  readonly left: string
  /** Links that networkd does not touch. */
  readonly alone: string
}

const cases: readonly Case[] = [
  { name: 'as it is', links: { '10-eth.network': host }, left: 'address', alone: [...pods, ...others].join(' ') },
  {
    name: 'as it is, at a site that matches any link',
    links: { '10-eth.network': host, '20-any.network': anyLink },
    left: '',
    alone: '',
  },
  {
    name: 'told of routes',
    conf,
    links: { '10-eth.network': host, '20-any.network': anyLink },
    left: 'route rule',
    alone: '',
  },
  {
    name: 'told of routes and links, by a site that matches any link',
    conf,
    links: { '10-eth.network': host, '20-any.network': anyLink, '00-provision-pods.network': links },
    left: 'route rule address',
    alone: pods.join(' '),
  },
  {
    name: 'told of routes and links, beside files of netplan',
    conf,
    links: {
      '10-netplan-eth9.network': host,
      '10-netplan-others.network': anyLink,
      '00-provision-pods.network': links,
    },
    left: 'route rule address',
    alone: pods.join(' '),
  },
]

describe.concurrent('systemd-networkd, started again', () => {
  test.each(cases)('$name', async ({ conf, links, left, alone }) => {
    const seen = await runNetworkd(conf === undefined ? {} : { '90-provision.conf': conf }, links)
    expect(seen).toEqual([`left:${left && ` ${left}`}`, `alone:${alone && ` ${alone}`}`])
  })
})
