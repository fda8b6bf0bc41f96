# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- managers of links --------------------------------------------------------------
# What would take links of pods and cannot be told otherwise by a file of ours. Links are given by names such as they have.

# links_taken NAME...: prints a line for each manager that would take such a link, with what to do; nothing where there is none.
links_taken() { networkd_takes "$@" && ifupdown_takes "$@" && connman_takes "$@"; }

# a_name_is_like PATTERNS NAME...: sets R to the first of the names that one of these glob patterns matches. With `!` before the
# first pattern: none of them.
a_name_is_like() {
  l_patterns=$1 l_not=''
  shift
  case $l_patterns in '!'*) l_not=1 l_patterns=${l_patterns#!} ;; esac
  for R in "$@"; do
    l_like=''
    set -f
    for l_pattern in $l_patterns; do
      # shellcheck disable=SC2254 # a pattern
      case $R in $l_pattern) l_like=1 ;; esac
    done
    set +f
    [ "$l_like" = "$l_not" ] || return 0
  done
  return 1
}

# networkd_takes NAME...: files of links that systemd-networkd reads before ours, whose name says which counts, and that match by
# names or types alone.
networkd_takes() {
  l_seen=' '
  for l_where in /etc /run /usr/local/lib /usr/lib; do
    for l_file in "$l_where"/systemd/network/[!1-9A-Za-z]*.network; do
      # One of the same name in a directory before it takes its place.
      case $l_seen in *" ${l_file##*/} "*) continue ;; esac
      [ -e "$l_file" ] || continue
      l_seen="$l_seen${l_file##*/} "
      [ "$(printf '%s\n' "${l_file##*/}" 00-provision-pods.network | LC_ALL=C sort | head -n 1)" = "${l_file##*/}" ] || continue
      l_patterns=$(awk '
        { sub(/\r$/, "") }
        /^[ \t]*\[/ { match_section = /^[ \t]*\[Match\]/; next }
        /^[ \t]*Unmanaged[ \t]*=[ \t]*(yes|true|on|1)[ \t]*$/ { others = 1 }
        match_section && /^[ \t]*[A-Za-z0-9]+[ \t]*=/ {
          key = $0
          sub(/[ \t]*=.*/, "", key)
          sub(/^[ \t]*/, "", key)
          sub(/^[^=]*=[ \t]*/, "")
          if (key == "Name") names = $0 == "" ? "" : names " " $0
          else if (key == "Type") { if ($0 ~ /^!|ether|bridge|vxlan|\*/ && names == "") names = "*" }
          else others = 1
        }
        END { if (!others) { sub(/^ /, "", names); print names } }' "$l_file") || return 1
      ! a_name_is_like "$l_patterns" "$@" ||
        echo "$l_file is read before the file of provision and matches links of pods, such as $R: give it a name that sorts later (mv $l_file ${l_file%/*}/10-${l_file##*/})"
    done
  done
}

# ifupdown_takes NAME...: patterns by which it sets links that come up (interfaces(5)): /PATTERN=WHICH.
ifupdown_takes() {
  for l_file in /etc/network/interfaces /etc/network/interfaces.d/*; do
    [ -f "$l_file" ] || continue
    l_words=$(sed -n 's/^[[:blank:]]*\(auto\|allow-[a-z]*\)[[:blank:]]\{1,\}\(.*=.*\)/\2/p' "$l_file") || return 1
    set -f
    for l_word in $l_words; do
      case $l_word in /*=*) ;; *) continue ;; esac
      l_pattern=${l_word#/}
      l_pattern=${l_pattern%=*}
      ! a_name_is_like "${l_pattern%%/*}" "$@" ||
        echo "$l_file has ifupdown set links of pods, such as $R: narrow the pattern $l_word, for instance to /en*=${l_word##*=}"
      set -f
    done
    set +f
  done
}

# connman_takes NAME...: ConnMan takes all links but those whose names begin with one of a list, and their addresses from them. It
# also takes the host's name of DHCP.
connman_takes() {
  [ -e /usr/lib/systemd/system/connman.service ] || return 0
  systemctl -q is-enabled connman.service || systemctl -q is-active connman.service || return 0
  l_list=$(sed -n 's/^[[:blank:]]*NetworkInterfaceBlacklist[[:blank:]]*=[[:blank:]]*//p' /etc/connman/main.conf 2>/dev/null | tail -n 1)
  l_list=${l_list:-vmnet,vboxnet,virbr,ifb,ve-,vb-}
  l_missing=''
  for l_name in "$@"; do
    ! a_name_is_like "$(printf '%s\n' "$l_list$l_missing" | tr -s ', ' '\n' | sed 's/$/*/')" "$l_name" || continue
    case $l_name in *-*) l_name=${l_name%%-*}- ;; *) l_name=${l_name%%[0-9.]*} ;; esac
    l_missing="$l_missing,$l_name"
  done
  [ -n "$l_missing" ] || return 0
  echo "ConnMan would take links of pods: write NetworkInterfaceBlacklist=$l_list$l_missing and AllowHostnameUpdates=false below [General] in /etc/connman/main.conf, and restart it"
}
