import type { Cause } from './cause.ts'

/** Why a kubelet does not stay up, or turns pods away. */
export const kubelet: readonly Cause[] = [
  {
    cause: /\[ERROR Swap\]|running with swap on is not supported/i,
    hint: 'swap is on: leave `swap: off` in the inventory so that it is turned off for good; something on the host may turn it on again (a systemd swap unit, zram)',
  },
  {
    cause: /could not detect clock speed/,
    hint: 'the kernel does not tell the processor’s speed (no `cpu MHz` in /proc/cpuinfo, no cpufreq), without which the kubelet ends: choose another CPU model of the virtual machine, or another kernel',
  },
  {
    cause:
      /missing (?:required |optional )?cgroups: [^\n]{0,100}\bmemory|Cgroup subsystem not mounted: \[[^\]\n]{0,60}memory|CGROUPS_MEMORY: missing|failed to find memory cgroup/i,
    hint: 'the kernel runs without the memory controller: on a Raspberry Pi add `cgroup_enable=memory cgroup_memory=1` to cmdline.txt below /boot, and reboot',
  },
  {
    cause: /missing (?:required )?cgroups: [\w ,]{1,100}|Cgroup subsystem not mounted/i,
    hint: 'the kernel lacks control groups that the kubelet needs: the log names them; boot another kernel, or enable them on its command line',
  },
  {
    cause: /cgroup ?v1|cgroups v1 support|\[ERROR SystemVerification\][^\n]{0,600}cgroups? version 1/i,
    hint: 'the host boots with cgroup v1, which the kubelet refuses since 1.35: boot with `systemd.unified_cgroup_hierarchy=1`, or set `kubernetes.kubelet.failCgroupV1: false` and ignore SystemVerification',
  },
  {
    cause: /failed to parse kubelet flag|unknown (?:flag|shorthand flag): [^\n]{1,100}|flag provided but not defined/,
    hint: 'the kubelet does not know one of its flags, which may be of an older version: look for it in /etc/default/kubelet, /etc/sysconfig/kubelet and `systemctl cat kubelet`',
  },
  {
    cause:
      /failed to load (?:kubelet|Kubelet) config file|failed to merge kubelet|error (?:decoding|unmarshaling) [^\n]{0,60}KubeletConfiguration|invalid configuration: [^\n]{0,200}(?:evictionHard|reserved|kubeReserved|systemReserved|cgroup)/,
    hint: 'the kubelet does not take its configuration: the log names the field; correct it under `kubernetes.kubelet` (`kubernetes.reserved`, `kubernetes.evictionHard`)',
  },
  {
    cause: /invalid Node Allocatable configuration/,
    hint: 'more is kept for the system than the host has: lower `kubernetes.reserved`, or take a larger machine',
  },
  {
    cause: /UnexpectedAdmissionError|Pod admission denied|reason="?OutOf(?:cpu|memory|pods)/,
    hint: 'the kubelet turned a pod away, since the host is too small for it: the log says what is missing; lower `kubernetes.reserved`, or take a larger machine',
  },
  {
    cause:
      /unable to load bootstrap kubeconfig|bootstrap-kubelet\.conf: no such file|part of the existing bootstrap client certificate[^\n]{0,100} is expired/,
    hint: 'the kubelet’s client certificate is gone or has expired: `provision certs` shows which, and docs/guides/certificates.md how it gets a new one',
  },
  {
    cause:
      /node "?[\w.-]{1,253}"? (?:is not allowed to|cannot) modify node|is forbidden: node "[^"\n]{1,253}" is not allowed to/,
    hint: 'the kubelet runs under another name than its certificate’s: the host was renamed after it had joined; give it back its name (`hostnamectl`), or remove the node and add it anew',
  },
  {
    cause:
      /NodeHasDiskPressure|has DiskPressure:|had condition: \[DiskPressure\]|low on resource: \[?(?:DiskPressure|ephemeral-storage|nodefs|imagefs|inodes)|FreeDiskSpaceFailed|ImageGCFailed|failed to garbage collect required amount of images|\bDiskPressure\b[^\n]{0,20}\bTrue\b|disk[- ]pressure/i,
    hint: 'a node has too little disk left, and its kubelet turns pods away: `df -h /var/lib` there; make room, or set `kubernetes.evictionHard` lower',
  },
  {
    cause:
      /NodeHasInsufficientMemory|has MemoryPressure:|had condition: \[MemoryPressure\]|low on resource: \[?memory|KubeletHasInsufficientMemory|memory[- ]pressure/i,
    hint: 'a node has too little memory left, and its kubelet turns pods away: `free -m` there; take a larger machine',
  },
  {
    cause:
      /NodeHasInsufficientPID|has PIDPressure:|had condition: \[PIDPressure\]|low on resource: pids|pid[- ]pressure/i,
    hint: 'a node has too few process ids left, and its kubelet turns pods away: `ps -eLf | wc -l` there shows how many are used',
  },
]
