# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- whether this host can be a node -------------------------------------------------

P_SYS=${P_SYS:-/sys}

# host_is_suitable REFUSAL CGROUP: status 3, which ends the program, where it cannot. CGROUP: v2 or any.
host_is_suitable() {
  if [ -n "$1" ]; then
    say "$1"
    return 3
  fi
  [ "$2" = v2 ] || return 0
  # The file is there only where version 2 is mounted at the top; with both versions (hybrid) it is not.
  [ -e "$P_SYS/fs/cgroup/cgroup.controllers" ] && return 0
  say 'it has control groups of version 1, which the kubelet refuses since 1.35. The way out: boot it with' \
    'systemd.unified_cgroup_hierarchy=1 (on the RHEL family: grubby --update-kernel=ALL' \
    '--args=systemd.unified_cgroup_hierarchy=1; elsewhere in GRUB_CMDLINE_LINUX of /etc/default/grub, then' \
    'update-grub), and reboot; or write kubernetes: { kubelet: { failCgroupV1: false } } in the inventory'
  return 3
}
