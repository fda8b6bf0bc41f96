# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- whether this host can be a node -------------------------------------------------

P_SYS=${P_SYS:-/sys}

# host_is_suitable REFUSAL CGROUP: status 3, which ends the program, where it cannot. CGROUP: v2 or any.
host_is_suitable() {
  if [ -n "$1" ]; then
    say "$1"
    return 3
  fi
  # The file is there only where version 2 is mounted at the top; with both versions (hybrid) it is not.
  if [ -e "$P_SYS/fs/cgroup/cgroup.controllers" ]; then
    read -r s_controllers <"$P_SYS/fs/cgroup/cgroup.controllers" || :
    case " $s_controllers " in *' memory '*) return 0 ;; esac
    no_memory_controller
    return 3
  fi
  if [ "$2" != v2 ]; then
    [ ! -d "$P_SYS/fs/cgroup" ] || [ -e "$P_SYS/fs/cgroup/memory" ] && return 0
    no_memory_controller
    return 3
  fi
  say 'it has control groups of version 1, which the kubelet refuses since 1.35. What to do: boot it with' \
    'systemd.unified_cgroup_hierarchy=1 (on the RHEL family: grubby --update-kernel=ALL' \
    '--args=systemd.unified_cgroup_hierarchy=1; elsewhere in GRUB_CMDLINE_LINUX of /etc/default/grub, then' \
    'update-grub), and reboot; or write kubernetes: { kubelet: { failCgroupV1: false } } in the inventory'
  return 3
}

no_memory_controller() {
  say 'its kernel counts no memory of control groups, without which the kubelet does not start. What to do: boot it with' \
    'cgroup_enable=memory cgroup_memory=1, and without cgroup_disable=memory (on a Raspberry Pi in cmdline.txt below /boot;' \
    'elsewhere on the command line of the kernel), and reboot'
}

# note_old_containerd: says what the containerd of this host, or the one that apt would install, cannot do. Not of a node: by
# then it has been chosen. Image volumes came with 2.1, the call RuntimeConfig with 2.0 (containerd's RELEASES.md).
note_old_containerd() {
  ! kubelet_joined || return 0
  if command -v containerd >/dev/null; then
    n_version=$(containerd --version | cut -d ' ' -f 3) || return 0
  else
    n_version=$(distribution_containerd) || return 0
  fi
  n_version=${n_version#v}
  case $n_version in
  0.* | 1.*) n_more=', and Kubernetes 1.38 will refuse it' ;;
  2.0 | 2.0[!0-9]*) n_more='' ;;
  *) return 0 ;;
  esac
  note "containerd is ${n_version%%[~+-]*}, the distribution's: before 2.1 it has no image volumes, so the cluster cannot pass" \
    "Kubernetes' conformance suite$n_more. docker: { packages: docker } in the inventory installs a newer one"
}
