/** What a `mirrors:` preset stands for; bases as in `Mirrors` of the inventory. */
export interface MirrorPreset {
  readonly packages: { readonly kubernetes?: string; readonly docker?: string }
  readonly registries: Readonly<Record<string, readonly string[]>>
  readonly timeServers: readonly string[]
}

/**
 * Pull-through mirrors that keep repository paths. Aliyun's own registry.aliyuncs.com/google_containers is none of
 * them: it flattens paths, so that coredns/coredns is not found there.
 */
const registries: Readonly<Record<string, readonly string[]>> = {
  'registry.k8s.io': ['https://k8s.nju.edu.cn', 'https://k8s.m.daocloud.io'],
  'docker.io': ['https://docker.m.daocloud.io'],
  'ghcr.io': ['https://ghcr.nju.edu.cn', 'https://ghcr.m.daocloud.io'],
  'quay.io': ['https://quay.nju.edu.cn', 'https://quay.m.daocloud.io'],
}

/** Public mirrors in mainland China, by the name an inventory gives. */
export const mirrorPresets: Readonly<Record<'aliyun' | 'tuna' | 'ustc', MirrorPreset>> = {
  aliyun: {
    packages: {
      kubernetes: 'https://mirrors.aliyun.com/kubernetes-new/core/stable/v{minor}',
      docker: 'https://mirrors.aliyun.com/docker-ce',
    },
    registries,
    timeServers: ['ntp.aliyun.com', 'ntp1.aliyun.com', 'ntp2.aliyun.com'],
  },
  tuna: {
    packages: {
      kubernetes: 'https://mirrors.tuna.tsinghua.edu.cn/kubernetes',
      docker: 'https://mirrors.tuna.tsinghua.edu.cn/docker-ce',
    },
    registries,
    timeServers: ['ntp.tuna.tsinghua.edu.cn', 'ntp.aliyun.com'],
  },
  ustc: {
    packages: {
      kubernetes: 'https://mirrors.ustc.edu.cn/kubernetes',
      docker: 'https://mirrors.ustc.edu.cn/docker-ce',
    },
    registries,
    timeServers: ['time.ustc.edu.cn', 'ntp.aliyun.com'],
  },
}
