# Static pods as processes: no container tool is asked, so it works with every runtime, and when the runtime does not answer.

# static_pod NAME: the process ids of kube-system's static pod, told from others of that name (somebody's own etcd) by the
# pod's id, which names its log directory and its cgroup. Nothing where it does not run.
static_pod() {
  for s_directory in /var/log/pods/kube-system_"$1"-*_*; do
    [ -d "$s_directory" ] || continue
    s_pod=${s_directory##*_}
    # Under the systemd driver a dash of the id is an underscore.
    s_other=$(printf '%s' "$s_pod" | tr - _)
    # shellcheck disable=SC2013 # paths of /proc hold no blanks
    for s_process in $(grep -lF -e "$s_pod" -e "$s_other" /proc/[0-9]*/cgroup 2>/dev/null); do
      s_process=${s_process%/cgroup}
      s_command=$(tr '\0' '\n' 2>/dev/null <"$s_process/cmdline" | head -n 1)
      [ "${s_command##*/}" != "$1" ] || printf '%s\n' "${s_process#/proc/}"
    done
  done
}

# process_started PID: since when it runs, in seconds since 1970.
process_started() {
  # Field 22, counted after the command's name, which may hold blanks; in ticks since boot.
  # shellcheck disable=SC2046 # fields
  set -- $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null)
  [ $# -ge 20 ] || return 1
  printf '%s\n' "$(($(sed -n 's/^btime //p' /proc/stat) + ${20} / $(getconf CLK_TCK)))"
}
