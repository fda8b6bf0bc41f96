export interface Kubernetes {
  /** `1.36.3` */
  readonly version: string
  /** `host:port` by which all reach the API; undefined with a single control plane that needs none. */
  readonly endpoint?: string | undefined
  readonly podSubnet: string
  readonly serviceSubnet: string
  readonly dnsDomain: string
  readonly certificateSANs: readonly string[]
  readonly reserved: { readonly system: Reserved; readonly kube: Reserved }
  readonly evictionHard: Readonly<Record<string, string>>
  /** Passed through to KubeletConfiguration. */
  readonly kubelet: Readonly<Record<string, unknown>>
  /** Passed through to KubeProxyConfiguration. */
  readonly kubeProxy: Readonly<Record<string, unknown>>
  readonly apiServer?: Component | undefined
  readonly controllerManager?: Component | undefined
  readonly scheduler?: Component | undefined
  readonly ignorePreflightErrors: readonly string[]
}

/** Quantities as Kubernetes writes them; undefined: by the size of each machine. */
export interface Reserved {
  readonly cpu?: string | undefined
  readonly memory?: string | undefined
}

export interface Component {
  readonly extraArgs: Readonly<Record<string, string>>
}
