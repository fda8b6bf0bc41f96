import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { prepareSettings, restoreSettings } from './machine-settings.ts'
import { type Lab, prefixLength } from './model.ts'
import { $, ask } from './program.ts'

/** The interface that this machine's default route uses, and its MTU: the lab must not send larger packets. */
export async function egress(): Promise<{ link: string; mtu: number }> {
  const route = await ask`ip -4 route show default`
  const link = /\bdev (\S+)/.exec(route.stdout)?.[1]
  if (!link) return { link: 'lo', mtu: 1500 }
  return { link, mtu: Number(await readFile(`/sys/class/net/${link}/mtu`, 'utf8')) }
}

/** Makes the bridge and lets its hosts reach what this machine reaches. Changes nothing that is already so. */
export async function raiseBridge(lab: Lab): Promise<void> {
  const { link, mtu } = await egress()
  // An address of its own: without one it changes with every host that comes or goes, and the others lose their gateway.
  const mac = `02:70:76:01:00:0${lab.index}`
  if (!existsSync(`/sys/class/net/${lab.bridge}`)) {
    await $`ip link add ${lab.bridge} address ${mac} mtu ${mtu} type bridge`
  }
  await $`ip address replace ${lab.gateway}/${prefixLength} dev ${lab.bridge}`
  await $`ip link set ${lab.bridge} up`
  await $({ input: masquerade(lab) })`nft -f -`
  await prepareSettings([forwarding(link)])
  for (const each of [link, lab.bridge]) await writeFile(`/proc/sys/${forwarding(each)}`, '1')
}

/** Removes what raiseBridge made; the last lab to go puts back this machine's own settings. */
export async function removeBridge(lab: Lab): Promise<void> {
  if (existsSync(`/sys/class/net/${lab.bridge}`)) await $`ip link delete ${lab.bridge}`
  const tables = await $`nft list tables`
  if (tables.stdout.split('\n').includes(`table inet ${lab.bridge}`)) await $`nft delete table inet ${lab.bridge}`
  const links = await $`ip -o link show type bridge`
  if (!/\bpvlab\d\b/.test(links.stdout)) await restoreSettings()
}

// Frames between lab hosts pass here too where bridges are filtered: only what leaves by another link is masqueraded.
function masquerade(lab: Lab): string {
  return `table inet ${lab.bridge}
delete table inet ${lab.bridge}
table inet ${lab.bridge} {
  chain postrouting {
    type nat hook postrouting priority srcnat
    ip saddr ${lab.subnet} ip daddr != ${lab.subnet} oifname != "${lab.bridge}" masquerade
  }
}
`
}

function forwarding(link: string): string {
  return `net/ipv4/conf/${link}/forwarding`
}
