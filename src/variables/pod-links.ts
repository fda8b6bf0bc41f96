/** Digits of a hash in a glob pattern. */
const hash = (digits: number) => '[0-9a-f]'.repeat(digits)

/**
 * Links that pod networks and Docker make on a host, which none of its own managers may touch: each by a glob pattern, and a
 * name of that kind. Docker names its bridges by twelve digits, kube-router its tunnels by eleven, Cilium its links by twelve:
 * a `br-ext` is the operator's.
 */
const kinds: readonly (readonly [pattern: string, example: string])[] = [
  ['cni*', 'cni0'],
  ['kube-*', 'kube-bridge'],
  ['veth*', 'veth1f2e3d4c'],
  ['docker0', 'docker0'],
  [`br-${hash(12)}`, 'br-0123456789ab'],
  [`tun-${hash(11)}`, 'tun-e443169117a'],
  ['cali*', 'cali0a1b2c3d4e5'],
  ['flannel*', 'flannel.1'],
  ['tunl*', 'tunl0'],
  ['vxlan.calico', 'vxlan.calico'],
  ['vxlan-v6.calico', 'vxlan-v6.calico'],
  ['wireguard.cali', 'wireguard.cali'],
  ['cilium_*', 'cilium_host'],
  ['lxc_health', 'lxc_health'],
  [`lxc${hash(12)}`, 'lxc0123456789ab'],
  ['antrea-*', 'antrea-gw0'],
  ['nodelocaldns', 'nodelocaldns'],
]

/** For programs with full globs, for those that know `*` and `?` alone, and for checks that have names before them. */
export const podLinks = {
  patterns: kinds.map(([pattern]) => pattern),
  simplePatterns: kinds.map(([pattern]) => pattern.replaceAll('[0-9a-f]', '?')),
  names: kinds.map(([, example]) => example).join(' '),
}
