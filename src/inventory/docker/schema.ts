import ipaddr from 'ipaddr.js'
import { withHint } from '../../yaml/explain.ts'
import { z } from '../../zod.ts'
import { canonical, isIP, networkOf } from '../addresses.ts'
import { componentFields } from '../component-fields.ts'
import * as field from '../fields.ts'
import type { Mistake } from '../hosts/explain-address.ts'
import type { FieldTable } from '../kubernetes/kubelet.ts'

/**
 * What may stand in daemon.json, beside what has a form of its own below; dockerd refuses every other name. Left out is
 * what provision sets elsewhere. Source: github.com/docker/docker v28.5.2, daemon/config/config.go and config_linux.go;
 * docs.docker.com/reference/cli/dockerd for 29.
 */
const fields: FieldTable = {
  boolean: `
    allow-direct-routing debug experimental icc init ip-forward ip-forward-no-drop ip-masq ip6tables ipv6 live-restore
    no-new-privileges raw-logs rootless selinux-enabled tls tlsverify userland-proxy`,
  integer: `
    cpu-rt-period cpu-rt-runtime network-control-plane-mtu network-diagnostic-port shutdown-timeout
    swarm-raft-election-tick swarm-raft-heartbeat-tick`,
  list: `
    authorization-plugins cdi-spec-dirs dns-opts dns-search host-gateway-ips labels node-generic-resources storage-opts`,
  map: `
    builder default-network-opts proxies runtimes`,
  string: `
    bip6 bridge bridge-accept-fwmark cgroup-parent containerd-namespace containerd-plugin-namespace default-cgroupns-mode
    default-gateway default-gateway-v6 default-init default-ipc-mode default-runtime fixed-cidr fixed-cidr-v6 group
    host-gateway-ip init-path ip metrics-addr min-api-version pidfile resolv-conf seccomp-profile storage-driver
    swarm-default-advertise-addr tlscacert tlscert tlskey userland-proxy-path userns-remap`,
}

const count = (what: string) => z.int().min(0, withHint('is below 0', `write ${what}`))
const directory = z.string().regex(/^\//, withHint('must be an absolute path', 'begin it with /'))
const texts = z.array(field.line)

/** What its unit says on the command line, dockerd takes from nowhere else, and does not start. */
function onCommandLine(flag: string, hint: string) {
  const message = `is already on dockerd's command line (${flag}), and dockerd does not start with both`
  return z.custom<undefined>(() => false, withHint(message, hint)).optional()
}

const unit = 'in a drop-in of docker.service, /etc/systemd/system/docker.service.d/, after an empty ExecStart='

function bridgeMistake(text: string): Mistake | undefined {
  const [address = '', prefix] = text.split('/')
  if (!isIP(address) || prefix === undefined || !ipaddr.isValidCIDR(text))
    return ['must be the address of the bridge with its length', 'write for example 10.255.255.1/24']
  if (networkOf(text).split('/')[0] !== canonical(address)) return undefined
  return [
    'is a network; the bridge requires an address in it',
    `write for example ${address.replace(/0$/, '1')}/${prefix}`,
  ]
}

function mirrorMistake(text: string): Mistake | undefined {
  if (!/^https?:\/\/[^/@?#\s]+[^@?#\s]*$/.test(text) || !URL.canParse(text))
    return ['must be a URL without a login', 'write for example https://mirror.example.com']
  return undefined
}

const pool = z
  .strictObject({ base: field.subnet, size: z.int().min(1).max(128) })
  .refine(
    (one) => Number(one.base.split('/')[1]) <= one.size,
    withHint('has a size larger than its base', 'write the length of each network: { base: 10.200.0.0/16, size: 24 }'),
  )

const execOption = z
  .string()
  .regex(/^native\.cgroupdriver=/, withHint('is not an option of dockerd', 'write native.cgroupdriver=systemd'))
  .refine(
    (text) => text === 'native.cgroupdriver=systemd',
    withHint(
      'contradicts the kubelet, which uses systemd for control groups',
      'write native.cgroupdriver=systemd, or remove it',
    ),
  )

/** `docker.daemon`: daemon.json of dockerd. */
export const dockerDaemon = componentFields(fields, {
  bip: field.without(bridgeMistake),
  containerd: onCommandLine('--containerd', `remove it, or set it ${unit}`),
  'data-root': directory,
  'default-address-pools': z.array(pool).describe('[{ base: 10.200.0.0/16, size: 24 }]'),
  'default-shm-size': z
    .string()
    .regex(/^\d+(\.\d+)?[bkmgBKMG]?[bB]?$/, withHint('is not a size', 'write for example 64M')),
  'default-ulimits': z
    .record(z.string(), z.strictObject({ Name: z.string(), Soft: z.int(), Hard: z.int() }))
    .describe('{ nofile: { Name: nofile, Soft: 65536, Hard: 65536 } }'),
  dns: z.array(z.string().refine(isIP, withHint('must be an IP address', 'write the address of the name server'))),
  'exec-opts': z.array(execOption),
  'exec-root': directory,
  features: z.record(z.string(), z.boolean()).describe('{ NAME: true }'),
  graph: z.custom<undefined>(() => false, withHint('was removed', 'write data-root')).optional(),
  'firewall-backend': z.enum(['iptables', 'nftables']),
  hosts: onCommandLine('-H fd://', `remove it, or add -H there: ${unit}`),
  'insecure-registries': z.array(z.union([field.registryHost, field.subnet])),
  iptables: z.boolean(),
  'log-driver': field.line.describe('for example json-file'),
  'log-format': z.enum(['text', 'json']),
  'log-level': z.enum(['debug', 'info', 'warn', 'error', 'fatal', 'panic', 'trace']),
  'log-opts': z.record(z.string(), field.line),
  'max-concurrent-downloads': count('for example 3'),
  'max-concurrent-uploads': count('for example 5'),
  'max-download-attempts': count('for example 5'),
  mtu: count('for example 1500'),
  'registry-mirrors': z.array(field.without(mirrorMistake)),
  'storage-opts': texts,
})
