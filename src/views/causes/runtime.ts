import type { Cause } from './cause.ts'

/** containerd, Docker and runc. */
export const runtime: readonly Cause[] = [
  {
    cause: /kubelet cgroup driver: "[^"\n]{1,40}" is different from docker cgroup driver/,
    hint: 'the kubelet and the container runtime use different cgroup drivers: take `cgroupDriver` and `native.cgroupdriver` out of what was set by hand; systemd is the one of both',
  },
  {
    cause: /directives are specified both as a flag and in the configuration file: (?<key>[\w-]{1,60})/,
    hint: 'dockerd gets {key} from its unit and from daemon.json: take it out of `docker.daemon`, or out of the unit (`systemctl cat docker`)',
  },
  {
    cause: /unable to configure the Docker daemon with file/,
    hint: 'Docker cannot read /etc/docker/daemon.json: the log says why; correct what was written there by hand, or `docker.daemon` in the inventory',
  },
  {
    cause: /live-restore daemon configuration is incompatible with swarm mode/,
    hint: 'the host is in a Docker swarm, which does not go with live-restore: `docker.daemon: { live-restore: false }`',
  },
  {
    cause:
      /failed to (?:load|parse) TOML|(?:invalid|unsupported) config(?:uration)? version|containerd: (?:invalid|unsupported)[^\n]{0,200}config/,
    hint: 'containerd cannot read its configuration: `containerd config dump` on the host names the line; correct what was written there by hand',
  },
  {
    cause: /unknown service runtime\.v1|CRI v1 \w{1,10} API is not implemented/,
    hint: 'the container runtime runs without its CRI plugin: its configuration disables it (`disabled_plugins` in /etc/containerd/config.toml), or it is too old',
  },
  {
    cause: /(?:prior storage driver|error initializing graphdriver|storage-driver)[^\n]{0,300}/,
    hint: 'Docker’s storage driver does not fit its data or the file system: `docker.daemon` may name another one, and the data lies in /var/lib/docker',
  },
  {
    cause:
      /'overlay' not found as a supported filesystem|overlayfs?[^\n]{0,200}(?:not supported|ftype|d_type)|snapshotter[^\n]{0,100}overlayfs[^\n]{0,100}not supported/,
    hint: 'the file system below /var/lib does not do overlayfs: XFS needs ftype=1 (`xfs_info`); put the runtime’s data on ext4 or another XFS',
  },
  {
    cause:
      /all predefined address pools have been fully subnetted|could not find an available, non-overlapping IPv4 address pool/,
    hint: 'Docker finds no free network for its bridges: give it some with `docker.daemon: { default-address-pools: … }`',
  },
  {
    cause:
      /unable to apply apparmor profile|apparmor[^\n]{0,200}(?:denied|failed)|apparmor_parser[^\n]{0,100}not found/i,
    hint: 'AppArmor does not let a container start: `dmesg | grep -i apparmor` on the host says which profile; an update of apparmor or containerd is the usual way out',
  },
  {
    cause:
      /bpf_prog_query\(BPF_CGROUP_DEVICE\) failed|error setting cgroup config for procHooks|unable to apply cgroup configuration|applying cgroup configuration/,
    hint: 'the container runtime cannot use the host’s control groups: in a container or an old kernel it lacks rights to them; update the kernel, or give the container its own (`Delegate=yes`)',
  },
  {
    cause:
      /\[ERROR CRI\]|containerd\.sock[^\n]{0,600}(?:no such file|connection refused|timeout|context deadline)|cri-dockerd\.sock[^\n]{0,600}(?:no such file|connection refused)/,
    hint: 'the container runtime does not answer: `systemctl status containerd docker` and `journalctl -u containerd` on the host; its configuration may disable the CRI plugin',
  },
  {
    cause: /Cannot connect to the Docker daemon/,
    hint: 'Docker does not run on the host: `systemctl status docker` and `journalctl -u docker -n 50` there say why',
  },
]
