import type { Problem, SourceRef } from '../errors.ts'
import type { Backup } from './backup/backup.ts'
import type { Helm } from './helm/helm.ts'
import type { Jump } from './hosts/jump.ts'
import type { Kubernetes } from './kubernetes/kubernetes.ts'
import type { PublicFile, SecretSource } from './secret-source.ts'

/** hosts.yaml, checked, with every default filled in. What playbooks and templates see as `cluster`. */
export interface Inventory {
  /** Absolute. `.provision/` lies beside it. */
  readonly file: string
  readonly cluster: string
  /** In the file's order, those that are down included. */
  readonly hosts: readonly Host[]
  /** Hosts that are the first of no kind in this run: those that come or go, and control planes that do not answer. */
  readonly passedOver?: readonly string[] | undefined
  readonly kubernetes: Kubernetes
  readonly runtime: { readonly engine: 'docker' | 'none'; readonly cri: 'containerd' | 'cri-dockerd' }
  readonly docker: Docker
  readonly containerd: { readonly version?: string | undefined }
  readonly registries: { readonly private: readonly PrivateRegistry[] }
  readonly network: Network
  /** `chosen`: the file names the servers. */
  readonly time: { readonly zone?: string | undefined; readonly servers: readonly string[]; readonly chosen: boolean }
  readonly names: 'hosts' | 'dns'
  readonly systems: 'known' | 'any'
  readonly firewall: Firewall
  readonly selinux: 'leave' | 'permissive' | 'enforcing'
  readonly swap: 'off' | 'on'
  /** In seconds: for what one task fetches, and for each wait until something is ready. */
  readonly timeouts: { readonly download: number; readonly ready: number }
  readonly limits: { readonly nofile: number; readonly nproc: number | 'unlimited'; readonly journalMaxUse: string }
  readonly mirrors: Mirrors
  readonly proxy?: Proxy | undefined
  readonly backup: Backup
  /** Those that are on, each after those it needs. */
  readonly addons: readonly Addon[]
  /** Undefined: no Helm. */
  readonly helm?: Helm | undefined
  readonly completion: boolean
  readonly hooks: readonly Hook[]
  /** Not wrong, but to be told. */
  readonly warnings: readonly Problem[]
}

/** What is done about firewalls on the hosts. */
export interface Firewall {
  readonly mode: 'open' | 'off' | 'leave'
  /** Networks and addresses that count as nodes; undefined: the hosts' own addresses. */
  readonly nodes?: readonly string[] | undefined
  /** `8472/udp`: further ports that nodes reach each other by. */
  readonly ports: readonly string[]
}

export interface Host {
  /** Also the node's name. */
  readonly name: string
  /** By which nodes reach each other. With a rule that only the host can answer, what `reach` is until it has. */
  readonly address: string
  /** By which we reach it. */
  readonly reach: string
  readonly node?: NodeRule | undefined
  readonly connection: 'ssh' | 'local'
  readonly role: Role
  /** `down`: known to be off, left out of every run. */
  readonly state: 'up' | 'down'
  readonly labels: Readonly<Record<string, string>>
  readonly taints: readonly Taint[]
  readonly ssh: SshSettings
  /** Over the cluster's: see `forHost`. */
  readonly docker?:
    | { readonly packages?: Docker['packages'] | undefined; readonly version?: string | undefined }
    | undefined
  readonly containerd?: { readonly version: string } | undefined
  readonly source: SourceRef
}

export type Network = { readonly kubeRouter: KubeRouter } | { readonly manifest: string }

/** Where its service proxy is on, there is no kube-proxy. What is undefined is as kube-router has it: subnet, ipip. */
export interface KubeRouter {
  readonly serviceProxy: boolean
  readonly overlay?: 'subnet' | 'full' | undefined
  readonly encapsulation?: 'ipip' | 'fou' | undefined
}

/** Which address of a host is the node's; one of them. */
export interface NodeRule {
  readonly address?: string | undefined
  readonly interface?: string | undefined
  /** CIDR */
  readonly network?: string | undefined
}

export type Role = 'control-plane' | 'worker'

export interface Taint {
  readonly key: string
  readonly value?: string | undefined
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute'
}

/** The cluster's `ssh` section overlaid with the host's. */
export interface SshSettings {
  /** Undefined: what ~/.ssh/config says, else the operator's own name. */
  readonly user?: string | undefined
  /** Undefined: what ~/.ssh/config says, else 22. */
  readonly port?: number | undefined
  /** Absolute. */
  readonly identityFile?: string | undefined
  readonly password?: SecretSource | undefined
  readonly sudoPassword?: SecretSource | undefined
  /** Bastions, in the order in which they are reached; their files are absolute. */
  readonly jump?: readonly Jump<SecretSource>[] | undefined
  /** `pin`: an unknown host key is recorded at first contact; `strict`: it is refused. */
  readonly hostKeys: 'pin' | 'strict'
}

export interface Docker {
  readonly packages: 'docker' | 'distribution'
  readonly version?: string | undefined
  /** Merged over our own daemon.json. */
  readonly daemon: Readonly<Record<string, unknown>>
  readonly logMaxSize: string
  /** A string, as daemon.json wants it. */
  readonly logMaxFiles: string
}

export interface PrivateRegistry {
  /** `registry.example.com[:port]` */
  readonly host: string
  readonly insecure: boolean
  /** Absolute path of a PEM file on the operator's machine. */
  readonly ca?: string | undefined
  /** Both or neither. */
  readonly username?: string | undefined
  readonly password?: SecretSource | undefined
  /** The add-on in the cluster itself, whose certificate the cluster's own CA has signed. */
  readonly clusterAddress?: string | undefined
}

/** Presets resolved to what they stand for. */
export interface Mirrors {
  /**
   * Bases of package repositories, in the order in which they are tried; `official` or none for the publisher's own. Of
   * `kubernetes`: what stands in front of `/core:/stable:/v1.36/deb/`; or, where it holds `{minor}`, what stands in front
   * of `/deb/`. Of `docker`: what stands in front of `/linux/debian`; of `helm`: in front of `/helm-v4.2.4-linux-amd64.tar.gz`. Of `os`: archive to its mirrors; empty unless asked for.
   */
  readonly packages: {
    readonly kubernetes: readonly string[]
    readonly docker: readonly string[]
    readonly helm: readonly string[]
    readonly os: Readonly<Record<string, readonly string[]>>
  }
  /** Registry, for example `registry.k8s.io`, to the URLs to ask before it, in order. */
  readonly registries: Readonly<Record<string, readonly string[]>>
  /** Whether Docker Hub is reached by the mirrors of a preset alone, which have only some of its images. */
  readonly hubByPreset: boolean
}

/** By which proxy hosts reach what is outside. URLs without login. */
export interface Proxy {
  readonly http: string
  readonly https: string
  /** Reached directly, beside the cluster itself. */
  readonly no: readonly string[]
  /** Both or neither. */
  readonly username?: string | undefined
  readonly password?: SecretSource | undefined
}

/** An add-on with its settings, as its schema has them. */
export interface Addon {
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Where secrets among its settings come from, by what its templates call them; and files that are none. */
  readonly secrets: Readonly<Record<string, SecretSource | PublicFile>>
}

/** A playbook of the operator's own, run before or after a phase. */
export interface Hook {
  readonly when: 'before' | 'after'
  readonly phase: string
  /** Absolute. */
  readonly run: string
  readonly source: SourceRef
}
