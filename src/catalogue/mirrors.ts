/** A `mirrors:` preset as an inventory names it. */
export type PresetName = 'aliyun' | 'tuna' | 'ustc'

/** What a `mirrors:` preset stands for; bases as in `Mirrors` of the inventory. */
export interface MirrorPreset {
  readonly packages: {
    readonly kubernetes: string
    readonly docker: string
    /** By the names of `osArchives`; a system that is not here has no mirror there. */
    readonly os: Readonly<Partial<Record<OsArchive, string>>>
  }
  readonly registries: Readonly<Record<string, readonly string[]>>
  readonly timeServers: readonly string[]
}

/** Archives of distributions that can be had from a mirror. */
export type OsArchive =
  | 'debian'
  | 'debian-security'
  | 'ubuntu'
  | 'ubuntu-ports'
  | 'rocky'
  | 'almalinux'
  | 'openeuler'
  | 'anolis'

/**
 * The places of each archive that its publisher has, as package sources name them: extended regular expressions of what stands
 * behind `https://`, up to where a mirror's address takes over. Of dnf, what the shipped .repo files have, commented out or not.
 */
export const osArchives: Readonly<Record<OsArchive, string>> = {
  debian: '^([a-z0-9-]+[.])*debian[.]org/debian(/|$)',
  'debian-security': '^(security|deb)[.]debian[.]org(/debian-security)?(/|$)',
  ubuntu: '^([a-z0-9-]+[.])*(archive|security)[.]ubuntu[.]com/ubuntu(/|$)',
  'ubuntu-ports': '^ports[.]ubuntu[.]com(/ubuntu-ports)?(/|$)',
  rocky: '^dl[.]rockylinux[.]org/([$]contentdir|pub/rocky)(/|$)',
  almalinux: '^repo[.]almalinux[.]org/almalinux(/|$)',
  openeuler: '^repo[.]openeuler[.]org(/|$)',
  anolis: '^mirrors[.]openanolis[.]cn/anolis(/|$)',
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
export const mirrorPresets: Readonly<Record<PresetName, MirrorPreset>> = {
  aliyun: {
    packages: {
      kubernetes: 'https://mirrors.aliyun.com/kubernetes-new/core/stable/v{minor}',
      docker: 'https://mirrors.aliyun.com/docker-ce',
      os: {
        debian: 'https://mirrors.aliyun.com/debian',
        'debian-security': 'https://mirrors.aliyun.com/debian-security',
        ubuntu: 'https://mirrors.aliyun.com/ubuntu',
        'ubuntu-ports': 'https://mirrors.aliyun.com/ubuntu-ports',
        rocky: 'https://mirrors.aliyun.com/rockylinux',
        almalinux: 'https://mirrors.aliyun.com/almalinux',
        openeuler: 'https://mirrors.aliyun.com/openeuler',
        anolis: 'https://mirrors.aliyun.com/anolis',
      },
    },
    registries,
    timeServers: ['ntp.aliyun.com', 'ntp1.aliyun.com', 'ntp2.aliyun.com'],
  },
  tuna: {
    packages: {
      kubernetes: 'https://mirrors.tuna.tsinghua.edu.cn/kubernetes',
      docker: 'https://mirrors.tuna.tsinghua.edu.cn/docker-ce',
      os: {
        debian: 'https://mirrors.tuna.tsinghua.edu.cn/debian',
        'debian-security': 'https://mirrors.tuna.tsinghua.edu.cn/debian-security',
        ubuntu: 'https://mirrors.tuna.tsinghua.edu.cn/ubuntu',
        'ubuntu-ports': 'https://mirrors.tuna.tsinghua.edu.cn/ubuntu-ports',
        openeuler: 'https://mirrors.tuna.tsinghua.edu.cn/openeuler',
      },
    },
    registries,
    timeServers: ['ntp.tuna.tsinghua.edu.cn', 'ntp.aliyun.com'],
  },
  ustc: {
    packages: {
      kubernetes: 'https://mirrors.ustc.edu.cn/kubernetes',
      docker: 'https://mirrors.ustc.edu.cn/docker-ce',
      os: {
        debian: 'https://mirrors.ustc.edu.cn/debian',
        'debian-security': 'https://mirrors.ustc.edu.cn/debian-security',
        ubuntu: 'https://mirrors.ustc.edu.cn/ubuntu',
        'ubuntu-ports': 'https://mirrors.ustc.edu.cn/ubuntu-ports',
        rocky: 'https://mirrors.ustc.edu.cn/rocky',
        openeuler: 'https://mirrors.ustc.edu.cn/openeuler',
      },
    },
    registries,
    timeServers: ['time.ustc.edu.cn', 'ntp.aliyun.com'],
  },
}
