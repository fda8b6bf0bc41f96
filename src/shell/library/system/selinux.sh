# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- SELinux --------------------------------------------------------------------------

# selinux_is MODE: permissive or enforcing. Where it is off nothing is enforced; status 3 where that is what was wanted.
selinux_is() {
  if [ ! -e "$P_SYS/fs/selinux/enforce" ]; then
    [ "$1" = enforcing ] || return 0
    say 'SELinux is off here. Turning it on gives every file a new label, which takes a boot of its own: set' \
      'SELINUX=permissive in /etc/selinux/config, touch /.autorelabel, reboot, and run this again; or write selinux: leave'
    return 3
  fi
  read -r s_now <"$P_SYS/fs/selinux/enforce" || [ -n "$s_now" ] || return 2
  case $1$s_now in permissive0 | enforcing1) ;; *)
    say "SELinux enforces: $s_now (1 is yes), wanted $1"
    return 1
    ;;
  esac
  selinux_boots || :
  [ "$R" = "$1" ] && return 0
  say "$P_ETC/selinux/config says ${R:-nothing}, wanted $1"
  return 1
}

# selinux_boots: sets R to what the next boot makes of it. The last line counts, as for libselinux's readers.
selinux_boots() {
  R=''
  [ -r "$P_ETC/selinux/config" ] || return 1
  while read -r s_line || [ -n "$s_line" ]; do
    case $s_line in SELINUX=*) R=${s_line#SELINUX=} ;; esac
    s_line=''
  done <"$P_ETC/selinux/config"
  R=${R%%[[:space:]]*}
}

# set_selinux MODE
set_selinux() {
  read -r s_now <"$P_SYS/fs/selinux/enforce" || [ -n "$s_now" ] || return 1
  s_config=$P_ETC/selinux/config
  ledger selinux system "value=$s_now" && ledger_file "$s_config" || return 1
  if [ -e "$s_config" ]; then sed '/^SELINUX=/d' "$s_config"; fi >"$P_RUN/selinux" || return 1
  printf 'SELINUX=%s\n' "$1" >>"$P_RUN/selinux" && write_file "$s_config" 644 root root <"$P_RUN/selinux" || return 1
  # What setenforce does. It is there, or it is not, with a package; this is the kernel's.
  case $1 in enforcing) printf 1 ;; *) printf 0 ;; esac >"$P_SYS/fs/selinux/enforce"
}
