import { createHash } from 'node:crypto'
import type { FirewallArguments } from './firewall-arguments.ts'

type Source = keyof FirewallArguments['sources']
type Opening = FirewallArguments['openings'][number]

/** Short, since firewalld limits the names of zones to 17 letters and sets to 32. */
const setNames: Readonly<Record<Source, string>> = {
  nodes: 'provision-nodes',
  'control-planes': 'provision-planes',
  pods: 'provision-pods',
}

/**
 * firewalld's permanent configuration, as path, text and SHA-256: sets of addresses; a policy from anyone to this host,
 * which adds to what zones say and takes nothing away; a zone of pods, with policies that let through what comes from
 * there or goes there. Pods need a zone, since a policy from any zone to any zone is left out by firewalld where nothing
 * but the default zone is in use.
 */
export function firewalldFiles(args: FirewallArguments): (readonly [path: string, text: string, sha256: string])[] {
  const used = new Set(args.openings.flatMap((each) => each.from))
  const sets = (['nodes', 'control-planes'] as const)
    .filter((name) => used.has(name))
    .flatMap((name) => families(args.sources[name]).map((family) => addressSet(name, family, args)))
  const files: (readonly [string, string])[] = [
    ...sets,
    ['zones/provision-pods', podZone(args)],
    ['policies/provision-host', hostPolicy(args)],
    ['policies/provision-pod-in', podPolicy('provision-pod-in', 'ANY', 'provision-pods')],
    ['policies/provision-pod-out', podPolicy('provision-pod-out', 'provision-pods', 'ANY')],
  ]
  return files.map(([name, body]) => {
    const text = `<?xml version="1.0" encoding="utf-8"?>\n${body}`
    return [`/etc/firewalld/${name}.xml`, text, createHash('sha256').update(text).digest('hex')]
  })
}

function addressSet(name: Source, family: 'ipv4' | 'ipv6', args: FirewallArguments): readonly [string, string] {
  const entries = args.sources[name].filter((each) => familyOf(each) === family)
  const option = family === 'ipv6' ? ['  <option name="family" value="inet6"/>'] : []
  const title = setName(name, family)
  const lines = [...option, ...entries.map((entry) => `  <entry>${entry}</entry>`)]
  return [`ipsets/${title}`, `<ipset type="hash:net">\n  <short>${title}</short>\n${lines.join('\n')}\n</ipset>\n`]
}

function podZone(args: FirewallArguments): string {
  const sources = args.sources.pods.map((subnet) => `  <source address="${subnet}"/>\n`).join('')
  return `<zone>\n  <short>provision-pods</short>\n${sources}  <forward/>\n</zone>\n`
}

function podPolicy(name: string, ingress: string, egress: string): string {
  return `<policy target="ACCEPT">\n  <short>${name}</short>\n  <ingress-zone name="${ingress}"/>\n  <egress-zone name="${egress}"/>\n</policy>\n`
}

function hostPolicy(args: FirewallArguments): string {
  const rules = args.openings.flatMap((each) => each.from.flatMap((from) => rulesOf(each, from, args)))
  const head =
    '<policy target="CONTINUE" priority="-2000">\n  <short>provision-host</short>\n  <ingress-zone name="ANY"/>\n  <egress-zone name="HOST"/>\n'
  return `${head}${rules.join('')}</policy>\n`
}

function rulesOf(opening: Opening, from: Opening['from'][number], args: FirewallArguments): string[] {
  const what =
    opening.ports === undefined
      ? '<protocol value="4"/>' // IP in IP; by its number, since /etc/protocols calls another one ipip
      : `<port port="${opening.ports}" protocol="${opening.protocol}"/>`
  if (from === 'anyone') return [`  ${what}\n`]
  const rule = (family: string, source: string): string =>
    `  <rule family="${family}">\n    <source ${source}/>\n    ${what}\n    <accept/>\n  </rule>\n`
  if (from === 'pods') return args.sources.pods.map((subnet) => rule(familyOf(subnet), `address="${subnet}"`))
  return families(args.sources[from]).map((family) => rule(family, `ipset="${setName(from, family)}"`))
}

function setName(name: Source, family: 'ipv4' | 'ipv6'): string {
  return family === 'ipv6' ? `${setNames[name]}-6` : setNames[name]
}

function families(addresses: readonly string[]): ('ipv4' | 'ipv6')[] {
  return [...new Set(addresses.map(familyOf))].sort()
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return address.includes(':') ? 'ipv6' : 'ipv4'
}
