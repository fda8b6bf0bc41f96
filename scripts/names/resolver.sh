#!/bin/sh
# Points this host at the cluster's DNS servers, which know the names of nodes and refuse all others, so that its own
# resolvers go on answering those. Installed by provision, and runs for as long as the host does.
#
#   resolver check|apply|show ZONE SERVER...    check: 0 it is so, 1 it is not, 2 it cannot be
#   resolver watch ZONE SERVER...               apply, whenever somebody has rewritten it
#   resolver gone|remove ZONE SERVER...         the same, undone
#   resolver merged|own|strip ZONE SERVER...    the text of a resolv.conf, from stdin to stdout
# shellcheck disable=SC2094 # what is read in a pipeline is never written in it
set -eu

root=${PROVISION_ROOT-}
drop_in=$root/etc/systemd/resolved.conf.d/90-provision.conf
# What pods are given: the host's own resolvers. In every container they are asked at random, or all at once.
for_pods=$root/etc/kubernetes/resolv.conf

say() { printf '%s\n' "$*" >&2; }

# The file that is really written when /etc/resolv.conf is.
target() {
  t_file=$(readlink -f "$root/etc/resolv.conf") || t_file=''
  if [ -z "$t_file" ] || [ ! -d "${t_file%/*}" ]; then
    say "/etc/resolv.conf leads to $(readlink "$root/etc/resolv.conf"), where there is nothing: what should write it does not run"
    return 2
  fi
  printf '%s\n' "$t_file"
}

# resolved: systemd-resolved answers this host's programs. file: they read /etc/resolv.conf, whoever writes it.
kind() {
  k_file=$(target) || return
  case ${k_file#"$root"} in /run/systemd/resolve/* | /usr/lib/systemd/resolv.conf | /lib/systemd/resolv.conf) echo resolved && return ;; esac
  [ -e "$k_file" ] || k_file=/dev/null
  # Asked by way of nsswitch, systemd-resolved takes the servers of such a file for equals, and foreign ones for ours.
  if grep -Eqs '^hosts:.*[[:space:]]resolve([[:space:]]|$)' "$root/etc/nsswitch.conf" && systemctl -q is-active systemd-resolved.service; then
    k_asked=1
  fi
  case $(sed -n 's/^nameserver[ \t]*//p' "$k_file" | head -n 1) in
  127.0.0.53 | 127.0.0.54) echo resolved ;;
  *)
    if [ -n "${k_asked-}" ]; then
      say 'programs ask systemd-resolved (hosts: resolve in /etc/nsswitch.conf), which has its servers from /etc/resolv.conf: link that to /run/systemd/resolve/stub-resolv.conf, or take resolve out'
      return 2
    fi
    echo file
    ;;
  esac
}

# Without our lines, and with what we had put out of force in force again.
strip() {
  awk '
    /^# provision:names begin$/ { ours = 1; next }
    /^# provision:names end$/ { ours = 0; next }
    !ours { sub(/^# provision:names instead: /, ""); print }'
}

# merged ZONE SERVER...: our servers before the host's own, of which there must be room for one: three are read at most.
# The last search line counts, and the last value of an option. With rotate a server would be chosen by chance.
merged() {
  m_zone=$1 m_servers="$2 ${3-}"
  strip | awk -v zone="$m_zone" -v servers="$m_servers" '
    BEGIN {
      print "# provision:names begin"
      print "# Names of nodes: asked first, and asked for nothing else, since they refuse it. Below, the host'\''s own lines."
      count = split(servers, server, " ")
      for (i = 1; i <= count; i++) print "nameserver " server[i]
      print "# provision:names end"
    }
    /^(search|domain)[ \t]/ {
      own = ""
      for (i = 2; i <= NF; i++) if ($i != zone) own = own " " $i
    }
    /^options[ \t].*rotate/ {
      rest = ""
      for (i = 2; i <= NF; i++) if ($i != "rotate") rest = rest " " $i
      if (rest != "") options = options "options" rest "\n"
      print "# provision:names instead: " $0
      next
    }
    { print }
    END {
      print "# provision:names begin"
      print "search " zone own
      printf "%s", options
      print "options timeout:1 attempts:4"
      print "# provision:names end"
    }'
}

# own ZONE SERVER...: the host's own resolvers and search domains, without ours, wherever they come from.
own() {
  o_zone=$1
  shift
  strip | awk -v zone="$o_zone" -v servers=" $* " '
    /^nameserver[ \t]/ {
      if (index(servers, " " $2 " ") || ++count > 3) next
    }
    /^(search|domain)[ \t]/ {
      rest = ""
      for (i = 2; i <= NF; i++) if ($i != zone) rest = rest " " $i
      if (rest == "") next
      $0 = $1 rest
    }
    /^[#;]/ || /^[ \t]*$/ { next }
    { print }'
}

# Where this host's own resolvers are listed, without the stub in between.
own_source() {
  s_file=$1
  [ "$2" = file ] || s_file=$root/run/systemd/resolve/resolv.conf
  [ -e "$s_file" ] || s_file=/dev/null
  printf '%s\n' "$s_file"
}

drop_in_text() {
  d_zone=$1
  shift
  printf '[Resolve]\nDNS=%s\nDomains=%s\n' "$*" "$d_zone"
}

# put FILE [OLD]: stdin becomes the file, at once; in place only where it is mounted and cannot be replaced. Not where it
# no longer is OLD: somebody has written it since it was read. Reads stdin.
put() {
  p_new=${1%/*}/.${1##*/}.provision
  mkdir -p "${1%/*}" && rm -f "$p_new" || return 1
  # Its owner, mode, ACL and extended attributes.
  if [ -f "$1" ]; then cp -a --attributes-only -T "$1" "$p_new" || return 1; fi
  if ! (umask 022 && cat >"$p_new") || ! sync "$p_new"; then
    rm -f "$p_new"
    return 1
  fi
  if [ $# -gt 1 ] && [ "$(text_of "$1")" != "$2" ]; then
    rm -f "$p_new"
    return 1
  fi
  if ! mv -fT "$p_new" "$1"; then
    cat "$p_new" >"$1" || return 1
    rm -f "$p_new"
  fi
  [ ! -e /sys/fs/selinux/enforce ] || restorecon -F "$1" || :
}

# text_of FILE: with a dot behind it, since a shell drops newlines at the end.
text_of() { cat "$1" && echo .; }

# is FILE: whether it holds what is on stdin. Reads stdin.
is() { [ -e "$1" ] && cmp -s - "$1"; }

# global WORD: what systemd-resolved has for all links, as `resolvectl WORD` says it.
global() {
  if ! g_all=$(timeout 20 resolvectl "$1" 2>&1); then
    say "resolvectl $1: $g_all"
    return 2
  fi
  printf '%s\n' "$g_all" | sed -n 's/^Global: *//p'
}

# resolved_asks ZONE SERVER...: systemd-resolved asks these servers beside those of its links. It takes all servers for all
# links for equals and goes over to the next when one is silent: a foreign one would soon be asked for nodes.
resolved_asks() {
  a_now=$(global dns) || return 2
  a_zones=$(global domain) || return 2
  a_zone=$1
  shift
  for a_one in $a_now; do
    case " $* " in *" $a_one "*) continue ;; esac
    say "systemd-resolved has $a_one as a server for all links (DNS= in resolved.conf), and would ask it for nodes too: make it the server of a link (netplan, networkd, NetworkManager), or write names: hosts"
    return 2
  done
  for a_one in "$@"; do
    case " $a_now " in *" $a_one "*) ;; *) return 1 ;; esac
  done
  case " $a_zones " in *" $a_zone "*) ;; *) return 1 ;; esac
}

check() {
  c_differs=''
  c_file=$(target) || return
  c_kind=$(kind) || return
  own "$@" <"$(own_source "$c_file" "$c_kind")" | is "$for_pods" || c_differs=1
  if [ "$c_kind" = file ]; then
    [ -e "$c_file" ] || return 1
    merged "$@" <"$c_file" | is "$c_file" || return 1
  else
    c_status=0
    resolved_asks "$@" || c_status=$?
    [ "$c_status" -eq 0 ] || return "$c_status"
    drop_in_text "$@" | is "$drop_in" || return 1
  fi
  [ -z "$c_differs" ]
}

apply() {
  flock 9
  a_file=$(target) || return
  a_kind=$(kind) || return
  if [ "$a_kind" = file ]; then set_file "$a_file" "$@"; else resolved_takes "$@"; fi || return
  a_text=$(own "$@" <"$(own_source "$a_file" "$a_kind")")
  printf '%s\n' "$a_text" | sed '/^$/d' | is "$for_pods" || printf '%s\n' "$a_text" | sed '/^$/d' | put "$for_pods"
}

# set_file FILE ZONE SERVER...: the file with ours in it; read again where somebody else writes it meanwhile.
set_file() {
  s_file=$1 s_tries=10
  shift
  while [ "$s_tries" -gt 0 ]; do
    [ -e "$s_file" ] || : >"$s_file"
    s_old=$(text_of "$s_file")
    s_new=$(printf '%s' "${s_old%.}" | merged "$@")
    case $s_new in *' end') ;; *) return 1 ;; esac # never half a file
    [ "$s_new" != "${s_old%?.}" ] || return 0
    ! printf '%s\n' "$s_new" | put "$s_file" "$s_old" || return 0
    s_tries=$((s_tries - 1))
  done
  say "$s_file is rewritten all the time"
  return 1
}

# Looks, where systemd could tell: its path units watch nothing while what they started runs, and nothing at all where the
# machine's limits of inotify are reached. What is written while this applies is found by the next look.
watch() {
  w_done=''
  while :; do
    w_now=$(stat -L -c '%n %i %s %z' "$root/etc/resolv.conf" "$root/run/systemd/resolve/resolv.conf" 2>/dev/null) || :
    if [ "$w_now" != "$w_done" ]; then
      if sh "$0" apply "$@"; then w_done=$w_now; else sleep 30; fi
    fi
    sleep 2
  done
}

resolved_takes() {
  drop_in_text "$@" | is "$drop_in" || drop_in_text "$@" | put "$drop_in" || return 1
  ! resolved_asks "$@" || return 0
  systemctl reload-or-restart systemd-resolved.service || return 1
  r_tries=0
  while ! resolved_asks "$@"; do
    r_tries=$((r_tries + 1))
    if [ "$r_tries" -ge 20 ]; then
      say "waited for systemd-resolved to take $drop_in"
      return 1
    fi
    sleep 0.5
  done
}

show() {
  h_file=$(target) || return
  if [ "$(kind)" = file ]; then
    h_old=$h_file
    [ -e "$h_old" ] || h_old=/dev/null
    merged "$@" <"$h_old" | diff -u -L /etc/resolv.conf -L /etc/resolv.conf "$h_old" - || :
  else
    h_old=$drop_in
    [ -e "$h_old" ] || h_old=/dev/null
    drop_in_text "$@" | diff -u -L "$drop_in" -L "$drop_in" "$h_old" - || :
  fi
}

gone() {
  [ ! -e "$drop_in" ] || return 1
  g_file=$(target 2>/dev/null) || return 0
  [ ! -e "$g_file" ] || ! grep -q '^# provision:names ' "$g_file"
}

remove() {
  flock 9
  if r_file=$(target 2>/dev/null) && [ -e "$r_file" ] && grep -q '^# provision:names ' "$r_file"; then
    r_text=$(strip <"$r_file" && echo .)
    printf '%s' "${r_text%.}" | put "$r_file"
  fi
  # Emptied first: as long as the file is there, the restart is owed.
  if [ -e "$drop_in" ]; then
    : >"$drop_in"
    systemctl try-reload-or-restart systemd-resolved.service
    rm -f "$drop_in"
  fi
}

how=$1
shift
# The run and the unit may come at the same time.
case $how in apply | remove) exec 9>"$root/run/provision-resolver.lock" ;;
esac
case $how in
check | apply | watch | show | gone | remove | merged | own | strip) "$how" "$@" ;;
*)
  say "there is no $how here"
  exit 2
  ;;
esac
