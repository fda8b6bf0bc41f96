import { readFileSync } from 'node:fs'
import { isRunning, waitForSsh } from '../../lab/src/power.ts'
import { eventually, hostOf, on, type TestLab } from '../lab/harness.ts'

/**
 * Makes a host what a cloud's image makes of a machine, and boots it for the first time: real cloud-init with a seed on the
 * disk, whose user data wants the name and /etc/hosts to itself and is at work for a while, and systemd-networkd, by a file
 * that matches any link.
 */
export async function bootAsCloudMachine(lab: TestLab, name: string): Promise<void> {
  await on(lab, name, readFileSync(new URL('cloud-machine.sh', import.meta.url), 'utf8'))
  await reboot(lab, name)
}

/** Reboots a host by itself, and returns when its sshd answers again. */
export async function reboot(lab: TestLab, name: string): Promise<void> {
  const host = hostOf(lab, name)
  const boot = () => on(lab, name, 'cat /run/boot-of-test 2>/dev/null || echo other')
  await on(lab, name, 'echo before >/run/boot-of-test; systemctl reboot --no-block')
  await eventually(`${name} has rebooted`, async () => {
    return (await isRunning(host)) && (await boot().catch(() => 'before')).trim() === 'other'
  })
  await waitForSsh(host)
}

/** What a boot must not change: the host's name, names of others, routes and rules, the pods' bridge. Waits for the network. */
export function namesAndRoutes(lab: TestLab, name: string): Promise<string> {
  return on(
    lab,
    name,
    `uname -n; cat /etc/hostname; sed -n '/^# provision:nodes begin/,/^# provision:nodes end/p' /etc/hosts
ip route show | sed 's/ linkdown//; s/ *$//' | sort; ip -4 rule show; ip -o -4 address show | awk '{ print $2, $4 }' | grep -v '^veth' | sort`,
  )
}
