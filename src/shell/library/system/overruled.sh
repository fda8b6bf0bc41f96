# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- what overrules our settings at boot ----------------------------------------------

# others_set FILES PATH VALUE...: prints lines "FILE PATH VALUE" of settings below /proc/sys that files of such settings give
# another value in the end. FILES: paths without blanks.
others_set() {
  o_files=$1
  shift
  # shellcheck disable=SC2086 # paths
  printf '%s\n' "$@" | awk '
    NR == FNR { if (NR % 2) key = $0; else wanted[key] = $0; next }
    FILENAME != file { tell(); file = FILENAME; split("", last) }
    /^[ \t]*([#;]|$)/ || !/=/ { next }
    {
      at = index($0, "=")
      key = substr($0, 1, at - 1)
      value = substr($0, at + 1)
      gsub(/^[ \t-]+|[ \t]+$/, "", key)
      gsub(/^[ \t]+|[ \t]+$/, "", value)
      gsub(/[ \t]+/, " ", value)
      gsub(/\./, "/", key)
      if (key in wanted) last[key] = value
    }
    function tell() { for (key in last) if (last[key] != wanted[key]) print file, key, last[key] }
    END { tell() }' - $o_files
}

# sysctls_stay PATH VALUE...: whether nothing that is read after our own file in /etc/sysctl.d, /etc/sysctl.d/zz-provision-*.conf,
# sets these otherwise: later files, ufw when it starts, tuned where it is told to have the last word.
sysctls_stay() {
  s_files=''
  for s_where in /etc /run /usr/local/lib /usr/lib; do
    for s_file in "$s_where"/sysctl.d/zz[._0-9A-Za-z]*.conf "$s_where"/sysctl.d/zz-[q-z]*.conf "$s_where"/sysctl.d/zz-p[s-z]*.conf; do
      [ ! -e "$s_file" ] || s_files="$s_files $s_file"
    done
  done
  [ ! -e /etc/ufw/sysctl.conf ] || s_files="$s_files /etc/ufw/sysctl.conf"
  s_tuned=''
  if one_line /etc/tuned/active_profile && grep -Eqs '^[[:blank:]]*reapply_sysctl[[:blank:]]*=[[:blank:]]*(0|[Ff]alse|[Nn]o)' /etc/tuned/tuned-main.conf; then
    for s_file in "/etc/tuned/$R" "/etc/tuned/profiles/$R" "/usr/lib/tuned/$R" "/usr/lib/tuned/profiles/$R"; do
      [ ! -e "$s_file/tuned.conf" ] || s_tuned=$s_file/tuned.conf
    done
  fi
  [ -n "$s_files$s_tuned" ] || return 0
  others_set "$s_files $s_tuned" "$@" | {
    read -r s_file s_path s_value || exit 0
    case $s_file in
    /etc/ufw/*) say "$s_file sets $s_path to $s_value when ufw starts" ;;
    */tuned.conf) say "tuned's profile $R sets $s_path to $s_value after all files: take it out of $s_file, or set reapply_sysctl = 1 in /etc/tuned/tuned-main.conf" ;;
    *) say "$s_file is read after the file of provision and sets $s_path to $s_value: remove it there" ;;
    esac
    exit 1
  }
}

# keep_sysctls NAME PATH VALUE...: ours behind those of ufw, in a block of that name. What is in files of others only the operator
# can change.
keep_sysctls() {
  k_name=$1 k_file=$P_RUN/ufw.$P_TASK
  shift
  if [ -e /etc/ufw/sysctl.conf ]; then
    sed "/^# provision:$k_name begin\$/,/^# provision:$k_name end\$/d" /etc/ufw/sysctl.conf >"$k_file" || return 1
    k_others=$(others_set "$k_file" "$@") || return 1
    k_lines=$(
      while [ $# -gt 0 ]; do
        case $k_others in *" $1 "*) printf '%s=%s\n' "$1" "$2" ;; esac
        shift 2
      done
    )
    k_block=''
    [ -z "$k_lines" ] || k_block="# provision:$k_name begin$nl$k_lines$nl# provision:$k_name end"
    block_is /etc/ufw/sysctl.conf "$k_name" "$k_block" 640 ||
      set_block /etc/ufw/sysctl.conf "$k_name" "$k_block" 640 root root || return 1
  fi
  sysctls_stay "$@"
}

# module_is_wanted NAME: whether nothing keeps it from being loaded at boot. A module that is listed as unwanted can be loaded
# by hand all the same, so all would be well until then.
module_is_wanted() {
  m_seen=' '
  for m_where in /etc /run /usr/local/lib /usr/lib; do
    for m_file in "$m_where"/modprobe.d/*.conf; do
      [ -e "$m_file" ] || continue
      # One of the same name in a directory before it takes its place.
      case $m_seen in *" ${m_file##*/} "*) continue ;; esac
      m_seen="$m_seen${m_file##*/} "
      m_line=$(awk -v name="$1" '
        function plain(text) { gsub(/-/, "_", text); return text }
        $1 == "blacklist" && plain($2) == plain(name) || $1 == "install" && plain($2) == plain(name) { $1 = $1; print; exit }' "$m_file") || return 1
      [ -n "$m_line" ] || continue
      say "$m_file keeps $1 from being loaded at boot: $m_line. Take that line out"
      return 1
    done
  done
}
