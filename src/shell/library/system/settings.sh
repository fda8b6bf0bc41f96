# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- kernel and host settings -----------------------------------------------------

# one_line FILE: sets R to its first line; status 1 where there is none. Not for numbers below /proc/sys: dash reads byte by
# byte, and those end after the first read, whatever its length.
one_line() {
  R=''
  [ -r "$1" ] || return 1
  read -r R <"$1" || [ -n "$R" ]
}

# read_sysctls PATH VALUE...: reads all of these paths below /proc/sys by one process, into S_NOW.
read_sysctls() {
  s_paths=''
  while [ $# -gt 0 ]; do
    s_paths="$s_paths /proc/sys/$1"
    shift 2
  done
  # shellcheck disable=SC2086 # paths without blanks
  S_NOW=$(grep -s '' $s_paths /dev/null || :)
}

# sysctl_now PATH: sets R to what was read, with single blanks; status 1 where there is no such setting.
sysctl_now() {
  if ! line_after "$S_NOW" "/proc/sys/$1:"; then
    say "/proc/sys/$1 does not exist: the kernel module that brings it is not loaded"
    return 1
  fi
  set -f
  # shellcheck disable=SC2086 # to normalise the blanks
  set -- $R
  set +f
  R=$*
}

# sysctls_are PATH VALUE...: paths below /proc/sys.
sysctls_are() {
  read_sysctls "$@"
  while [ $# -gt 0 ]; do
    sysctl_now "$1" || return 1
    if [ "$R" != "$2" ]; then
      say "/proc/sys/$1 is $R, wanted $2"
      return 1
    fi
    shift 2
  done
}

# set_sysctls PATH VALUE...
set_sysctls() {
  read_sysctls "$@"
  while [ $# -gt 0 ]; do
    sysctl_now "$1" || return 1
    if [ "$R" != "$2" ]; then
      ledger sysctl "$1" "value=$R" && printf '%s\n' "$2" >"/proc/sys/$1" || return 1
    fi
    shift 2
  done
}

# module_loaded NAME UNDERSCORED PROOF: loaded, or built into the kernel. UNDERSCORED: NAME with _ for -, as the kernel
# spells it. PROOF: a path that is there only then; may be empty.
module_loaded() {
  [ ! -d "/sys/module/$2" ] || return 0
  [ -z "$3" ] || [ ! -e "$3" ] || return 0
  grep -qsw "$1" /proc/filesystems && return 0
  one_line /proc/sys/kernel/osrelease
  grep -qsE "/($2|$1)\.ko" "/lib/modules/$R/modules.builtin" && return 0
  say "the kernel module $1 is not loaded"
  return 1
}

load_module() {
  if ! command -v modprobe >/dev/null; then
    say 'modprobe is missing: install kmod'
    return 1
  fi
  m_status=0
  modprobe -- "$1" || m_status=$?
  [ "$m_status" -ne 0 ] || return 0
  say "cannot load $1 into the kernel that runs, $(uname -r): on RHEL 10 and its kin it comes with the package" \
    'kernel-modules-extra of the same version; where only a newer kernel has it, drain the node and reboot it'
  return "$m_status"
}

# timezone_is ZONE
timezone_is() {
  # shellcheck disable=SC3013 # dash and busybox have -ef
  [ /etc/localtime -ef "/usr/share/zoneinfo/$1" ] || return 1
  [ ! -e /etc/timezone ] || { one_line /etc/timezone && [ "$R" = "$1" ]; }
}

# Not through timedatectl: the kernel's first settimeofday with a zone can move the clock.
set_timezone() {
  if [ ! -e "/usr/share/zoneinfo/$1" ]; then
    say "there is no time zone $1 here: install tzdata, or correct the name"
    return 1
  fi
  ledger timezone system "zone=$(readlink /etc/localtime || :)" && ledger_file /etc/localtime &&
    put_link /etc/localtime "/usr/share/zoneinfo/$1" || return 1
  [ -e /etc/timezone ] || return 0
  ledger_file /etc/timezone && put_text /etc/timezone 644 root root "$1$nl"
}
