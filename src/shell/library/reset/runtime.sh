# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: container runtime ------------------------------------------------------------
# Stopped only where we brought it. A runtime that was there before goes on, with what is in it.

# runtime_units: of what we brought, those that use others first, and before a service the socket that would start it again.
runtime_units() {
  [ ! -e /etc/systemd/system/cri-docker.service ] || printf '%s\n' cri-docker.socket cri-docker.service
  ! docker_is_ours || printf '%s\n' docker.socket docker.service
  ! containerd_is_ours || echo containerd.service
}

# list_runtime: what runs or starts by itself, and must not.
list_runtime() {
  for r_unit in $(runtime_units); do
    ! unit_runs "$r_unit" || echo "stop $r_unit"
    case $(systemctl show --value --property=UnitFileState -- "$r_unit" 2>/dev/null) in
    enabled | enabled-runtime) echo "disable $r_unit" ;;
    esac
  done
  ! containerd_is_ours || shims | sed 's/^/end process /'
  # shellcheck disable=SC2046 # paths without blanks
  mounts_below $(runtime_directories) | sed 's/^/unmount /'
}

runtime_directories() {
  ! docker_is_ours || printf '%s\n' /var/lib/docker /run/docker
  ! containerd_is_ours || printf '%s\n' /var/lib/containerd /run/containerd
}

stop_runtime() {
  if docker_is_ours && [ -S /run/docker.sock ] && unit_runs docker.service; then
    s_running=$(timeout 20 docker ps -q 2>/dev/null) || :
    # shellcheck disable=SC2086 # ids
    [ -z "$s_running" ] || timeout 60 docker kill $s_running >/dev/null 2>&1 || :
  fi
  for s_unit in $(runtime_units); do
    ! unit_runs "$s_unit" || systemctl stop "$s_unit" || return 1
    systemctl -q disable "$s_unit" 2>/dev/null || :
    systemctl reset-failed "$s_unit" 2>/dev/null || :
  done
  ! containerd_is_ours || end_processes shims || return 1
  # shellcheck disable=SC2046 # paths without blanks
  unmount_below $(runtime_directories)
}
