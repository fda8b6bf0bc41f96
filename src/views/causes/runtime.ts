import type { Cause } from './cause.ts'

/** containerd, Docker and runc. */
export const runtime: readonly Cause[] = [
  {
    cause: /kubelet cgroup driver: "[^"\n]{1,40}" is different from docker cgroup driver/,
    hint: 'the kubelet and the container runtime use different cgroup drivers: remove your own `cgroupDriver` and `native.cgroupdriver` settings; both must use systemd',
  },
  {
    cause: /directives are specified both as a flag and in the configuration file: (?<key>[\w-]{1,60})/,
    hint: 'dockerd gets {key} from its unit and from daemon.json: remove it from `docker.daemon` or from the unit (`systemctl cat docker`)',
  },
  {
    cause: /unable to configure the Docker daemon with file/,
    hint: 'Docker cannot read /etc/docker/daemon.json: the log gives the reason; correct manual changes there, or `docker.daemon` in the inventory',
  },
  {
    cause: /live-restore daemon configuration is incompatible with swarm mode/,
    hint: 'the host is in a Docker swarm, which does not support live-restore: set `docker.daemon: { live-restore: false }`',
  },
  {
    cause:
      /failed to (?:load|parse) TOML|(?:invalid|unsupported) config(?:uration)? version|containerd: (?:invalid|unsupported)[^\n]{0,200}config/,
    hint: 'containerd cannot read its configuration: `containerd config dump` on the host names the line; correct manual changes there',
  },
  {
    cause: /unknown service runtime\.v1|CRI v1 \w{1,10} API is not implemented/,
    hint: 'the container runtime runs without its CRI plugin: its configuration disables it (`disabled_plugins` in /etc/containerd/config.toml), or the runtime is too old',
  },
  {
    cause: /(?:prior storage driver|error initializing graphdriver|storage-driver)[^\n]{0,300}/,
    hint: 'Docker’s storage driver does not fit its data in /var/lib/docker or the file system: set another driver in `docker.daemon`',
  },
  {
    cause:
      /'overlay' not found as a supported filesystem|overlayfs?[^\n]{0,200}(?:not supported|ftype|d_type)|snapshotter[^\n]{0,100}overlayfs[^\n]{0,100}not supported/,
    hint: 'the file system below /var/lib does not support overlayfs: XFS needs ftype=1 (`xfs_info`); put the runtime’s data on ext4 or another XFS',
  },
  {
    cause:
      /all predefined address pools have been fully subnetted|could not find an available, non-overlapping IPv4 address pool/,
    hint: 'Docker finds no free network for its bridges: set address pools with `docker.daemon: { default-address-pools: … }`',
  },
  {
    cause:
      /unable to apply apparmor profile|apparmor[^\n]{0,200}(?:denied|failed)|apparmor_parser[^\n]{0,100}not found/i,
    hint: 'AppArmor blocks the start of a container: find the profile with `dmesg | grep -i apparmor` on the host; update apparmor or containerd',
  },
  {
    cause:
      /bpf_prog_query\(BPF_CGROUP_DEVICE\) failed|error setting cgroup config for procHooks|unable to apply cgroup configuration|applying cgroup configuration/,
    hint: 'the container runtime cannot use the host’s control groups, as in a container or with an old kernel: update the kernel, or delegate control groups to the container (`Delegate=yes`)',
  },
  {
    cause:
      /\[ERROR CRI\]|containerd\.sock[^\n]{0,600}(?:no such file|connection refused|timeout|context deadline)|cri-dockerd\.sock[^\n]{0,600}(?:no such file|connection refused)/,
    hint: 'the container runtime does not answer: check `systemctl status containerd docker` and `journalctl -u containerd` on the host; its configuration may disable the CRI plugin',
  },
  {
    cause: /Cannot connect to the Docker daemon/,
    hint: 'Docker does not run on the host: `systemctl status docker` and `journalctl -u docker -n 50` there show why',
  },
]
