import type { Cause } from './cause.ts'

/** Why a kubelet does not stay up, or turns pods away. */
export const kubelet: readonly Cause[] = [
  {
    cause: /\[ERROR Swap\]|running with swap on is not supported/i,
    hint: 'swap is on: keep `swap: off` in the inventory to disable it permanently; a systemd swap unit or zram on the host may enable it again',
  },
  {
    cause: /could not detect clock speed/,
    hint: 'the kubelet requires the processor’s speed, and the kernel reports none (no `cpu MHz` in /proc/cpuinfo, no cpufreq): choose another CPU model for the virtual machine, or another kernel',
  },
  {
    cause:
      /missing (?:required |optional )?cgroups: [^\n]{0,100}\bmemory|Cgroup subsystem not mounted: \[[^\]\n]{0,60}memory|CGROUPS_MEMORY: missing|failed to find memory cgroup/i,
    hint: 'the kernel runs without the memory controller: on a Raspberry Pi add `cgroup_enable=memory cgroup_memory=1` to cmdline.txt below /boot, and reboot',
  },
  {
    cause: /missing (?:required )?cgroups: [\w ,]{1,100}|Cgroup subsystem not mounted/i,
    hint: 'the kernel lacks control groups that the kubelet requires: the log names them; boot another kernel, or enable them on its command line',
  },
  {
    cause: /cgroup ?v1|cgroups v1 support|\[ERROR SystemVerification\][^\n]{0,600}cgroups? version 1/i,
    hint: 'the host uses cgroup v1, which kubelet 1.35 and later do not support: boot with `systemd.unified_cgroup_hierarchy=1`, or set `kubernetes.kubelet.failCgroupV1: false` and ignore SystemVerification',
  },
  {
    cause: /failed to parse kubelet flag|unknown (?:flag|shorthand flag): [^\n]{1,100}|flag provided but not defined/,
    hint: 'the kubelet does not know one of its flags, perhaps from an older version: remove it from /etc/default/kubelet, /etc/sysconfig/kubelet and `systemctl cat kubelet`',
  },
  {
    cause:
      /failed to load (?:kubelet|Kubelet) config file|failed to merge kubelet|error (?:decoding|unmarshaling) [^\n]{0,60}KubeletConfiguration|invalid configuration: [^\n]{0,200}(?:evictionHard|reserved|kubeReserved|systemReserved|cgroup)/,
    hint: 'the kubelet rejects its configuration: the log names the field; correct it under `kubernetes.kubelet` (`kubernetes.reserved`, `kubernetes.evictionHard`)',
  },
  {
    cause: /invalid Node Allocatable configuration/,
    hint: 'the reserved resources exceed those of the host: lower `kubernetes.reserved`, or use a larger machine',
  },
  {
    cause: /UnexpectedAdmissionError|Pod admission denied|reason="?OutOf(?:cpu|memory|pods)/,
    hint: 'the kubelet rejected a pod because the host is too small: the log names the missing resource; lower `kubernetes.reserved`, or use a larger machine',
  },
  {
    cause:
      /unable to load bootstrap kubeconfig|bootstrap-kubelet\.conf: no such file|part of the existing bootstrap client certificate[^\n]{0,100} is expired/,
    hint: 'the kubelet’s client certificate is missing or has expired: check it with `provision certs`, then renew it as docs/guides/certificates.md describes',
  },
  {
    cause:
      /node "?[\w.-]{1,253}"? (?:is not allowed to|cannot) modify node|is forbidden: node "[^"\n]{1,253}" is not allowed to/,
    hint: 'the kubelet’s name differs from the name in its certificate: the host was renamed after it joined; restore its name (`hostnamectl`), or remove the node and add it again',
  },
  {
    cause:
      /NodeHasDiskPressure|has DiskPressure:|had condition: \[DiskPressure\]|low on resource: \[?(?:DiskPressure|ephemeral-storage|nodefs|imagefs|inodes)|FreeDiskSpaceFailed|ImageGCFailed|failed to garbage collect required amount of images|\bDiskPressure\b[^\n]{0,20}\bTrue\b|disk[- ]pressure/i,
    hint: 'a node has too little disk space, and its kubelet evicts pods: check `df -h /var/lib` there; free space, or set `kubernetes.evictionHard` lower',
  },
  {
    cause:
      /NodeHasInsufficientMemory|has MemoryPressure:|had condition: \[MemoryPressure\]|low on resource: \[?memory|KubeletHasInsufficientMemory|memory[- ]pressure/i,
    hint: 'a node has too little memory, and its kubelet evicts pods: check `free -m` there; use a larger machine',
  },
  {
    cause:
      /NodeHasInsufficientPID|has PIDPressure:|had condition: \[PIDPressure\]|low on resource: pids|pid[- ]pressure/i,
    hint: 'a node has too few process IDs, and its kubelet evicts pods: `ps -eLf | wc -l` there shows how many are in use',
  },
]
