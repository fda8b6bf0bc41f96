# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- firewalls ----------------------------------------------------------------------
# What nodes need is let in by whatever firewall runs. Ours can be told from everybody else's: files named provision-* of
# firewalld, rules of ufw with the comment "provision".

P_ETC=${P_ETC:-/etc}
F_COMMENT='comment=70726f766973696f6e' # "provision", as ufw keeps it

# which_firewall: sets F_ACTIVE to firewalld, ufw or none.
which_firewall() {
  F_ACTIVE=none
  if unit firewalld.service; then
    case $R in *' active '* | *' activating '* | *' reloading '*) F_ACTIVE=firewalld ;; esac
  fi
  [ "$F_ACTIVE" = none ] || return 0
  ! ufw_is_on || F_ACTIVE=ufw
}

ufw_is_on() {
  [ -r "$P_ETC/ufw/ufw.conf" ] || return 1
  while read -r f_line || [ -n "$f_line" ]; do
    case $f_line in ENABLED=[yY][eE][sS]*) return 0 ;; esac
    f_line=''
  done <"$P_ETC/ufw/ufw.conf"
  return 1
}

# firewall_nodes_known NAMES: rules hold addresses, never names, which may lead elsewhere tomorrow.
firewall_nodes_known() {
  [ -n "$1" ] || return 0
  say "$F_ACTIVE runs here and cannot be opened for hosts that the inventory knows by a name only ($1):" \
    'write their IP addresses, or their networks as firewall: { nodes: [10.0.0.0/24] }; or firewall: leave'
  return 1
}

# --- firewalld ------------------------------------------------------------------------

# firewalld_is_open [PATH DIGEST]...: its files are ours, it has no other of ours, and it has read them.
firewalld_is_open() {
  if [ -e "$P_PENDING/firewalld" ]; then
    say 'firewalld has not read its files again'
    return 1
  fi
  f_all=' '
  while [ $# -gt 0 ]; do
    f_all="$f_all$1 "
    file_is "$1" 644 root root "$2" || {
      say "$1 is not as wanted"
      return 1
    }
    shift 2
  done
  for f_file in "$P_ETC"/firewalld/*/provision-*.xml; do
    case $f_all in *" $f_file "*) continue ;; esac
    [ ! -e "$f_file" ] || {
      say "$f_file is not wanted any more"
      return 1
    }
  done
}

# begin_firewalld PATH...: looks before it leaps. Docker makes a zone and a policy of its own when it finds firewalld.
begin_firewalld() {
  if [ ! -d /usr/lib/firewalld/policies ]; then
    say "this firewalld ($(firewall-cmd --version 2>/dev/null)) knows no policies, which came with 0.9:" \
      'open what docs/guides/firewall.md lists by hand and write firewall: leave; or firewall: off'
    return 1
  fi
  may_reload_firewalld && ledger firewall firewalld state=opened || return 1
  for f_file in "$P_ETC"/firewalld/zones/docker.xml "$P_ETC"/firewalld/policies/docker-forwarding.xml "$@"; do
    ledger_file "$f_file" || return 1
  done
  printf '1\n' >"$P_PENDING/firewalld" || return 1
  F_WANTED=" $* "
  for f_file in "$P_ETC"/firewalld/*/provision-*.xml; do
    case $F_WANTED in *" $f_file "*) ;; *) rm -f "$f_file" || return 1 ;; esac
  done
}

put_firewalld() { put_text "$1" 644 root root "$2"; }

end_firewalld() {
  firewall-cmd --check-config && firewall-cmd --reload && rm -f "$P_PENDING/firewalld"
}

# may_reload_firewalld: a reload forgets what was only said to the running firewalld. That is somebody else's.
may_reload_firewalld() {
  firewalld_says '' >"$P_RUN/firewalld.now" && firewalld_says --permanent >"$P_RUN/firewalld.then" || return 1
  cmp -s "$P_RUN/firewalld.now" "$P_RUN/firewalld.then" && return 0
  say 'firewalld has settings that are not permanent, and would lose them by the reload that new rules take.' \
    'Keep them with firewall-cmd --runtime-to-permanent, or drop them with firewall-cmd --reload, and run this again:'
  diff "$P_RUN/firewalld.then" "$P_RUN/firewalld.now" | sed -n 's/^[<>]/&/p' | head -n 10 >&2
  return 1
}

# firewalld_says OPTION: all of its zones, policies and direct rules but for ours and Docker's. Which are active and which links they have is not
# configuration: NetworkManager and Docker tell firewalld of links as they come.
firewalld_says() {
  # shellcheck disable=SC2086 # an option or none
  {
    firewall-cmd $1 --list-all-zones
    firewall-cmd $1 --list-all-policies
    firewall-cmd $1 --direct --get-all-rules
  } | awk 'BEGIN { RS = ""; ORS = "\n\n" } !/^(provision-|docker)/' |
    sed -E '/^  interfaces:/d; s/^([^ ]+) \((default|active|, )*\)$/\1/'
}

# --- ufw ------------------------------------------------------------------------------

# ufw_is_open TUPLES: of the rules with our comment there are just these. TUPLES: a line each, sorted.
ufw_is_open() {
  ufw_wanted "$1"
  [ "$(ufw_ours)" = "$F_WANTED" ] && return 0
  say 'ufw lets in other things than wanted'
  return 1
}

# ufw_wanted TUPLES: sets F_WANTED; without those for IPv6 where ufw leaves that alone.
ufw_wanted() {
  F_WANTED=$1
  grep -qsi '^IPV6=yes' "$P_ETC/default/ufw" && return 0
  F_WANTED=$(printf '%s\n' "$1" | sed '/:[^ ]*:/d; / ::/d')
}

# ufw_ours: tuples with our comment.
ufw_ours() {
  sed -n "s/^### tuple ### \\(.*\\) $F_COMMENT\$/\\1/p" "$P_ETC/ufw/user.rules" "$P_ETC/ufw/user6.rules" 2>/dev/null | sort
}

# open_ufw TUPLES [ipip]
open_ufw() {
  ufw_wanted "$1"
  ledger firewall ufw state=opened && ufw_ours >"$P_RUN/ufw.ours" && printf '%s\n' "$F_WANTED" >"$P_RUN/ufw.wanted" &&
    lines_not_in "$P_RUN/ufw.wanted" "$P_RUN/ufw.ours" >"$P_RUN/ufw.stale" &&
    lines_not_in "$P_RUN/ufw.ours" "$P_RUN/ufw.wanted" >"$P_RUN/ufw.missing" || return 1
  while IFS= read -r f_tuple; do ufw_rule '' "$f_tuple" || return 1; done <"$P_RUN/ufw.missing"
  while IFS= read -r f_tuple; do ufw_rule delete "$f_tuple" || return 1; done <"$P_RUN/ufw.stale"
  [ "${2:-}" != ipip ] || note 'ufw has no word for IP in IP, by which kube-router reaches pods on hosts of another subnet: see docs/guides/firewall.md where there are any'
}

# lines_not_in FILE OTHER: lines of OTHER that are not in FILE.
lines_not_in() { grep -vxFf "$1" "$2" || [ $? -eq 1 ]; }

# ufw_rule VERB TUPLE: VERB is delete or empty.
ufw_rule() {
  u_verb=$1
  # shellcheck disable=SC2086 # words of a tuple
  set -- $2
  # ACTION PROTOCOL PORT DESTINATION SOURCE-PORT SOURCE DIRECTION
  u_to=any
  [ "$4" = 0.0.0.0/0 ] || [ "$4" = ::/0 ] || u_to=$4
  case $1 in
  route:allow) set -- route ${u_verb:+"$u_verb"} allow from "$6" to "$u_to" ;;
  *) set -- ${u_verb:+"$u_verb"} allow proto "$2" from "$6" to "$u_to" port "$3" ;;
  esac
  if [ -n "$u_verb" ]; then ufw --force "$@"; else ufw "$@" comment provision; fi
}

# --- off ------------------------------------------------------------------------------

firewall_is_off() {
  which_firewall
  [ "$F_ACTIVE" != none ] || return 0
  say "$F_ACTIVE runs"
  return 1
}

turn_firewall_off() {
  which_firewall
  case $F_ACTIVE in
  firewalld)
    ledger_unit firewalld.service && systemctl disable --now firewalld.service || return 1
    ;;
  ufw)
    ledger firewall ufw state=on && ledger_file "$P_ETC/ufw/ufw.conf" && ufw --force disable || return 1
    t_digest=$(sha256sum <"$P_ETC/ufw/ufw.conf") && ledger_written "$P_ETC/ufw/ufw.conf" "${t_digest%% *}" || return 1
    ;;
  esac
  note "$F_ACTIVE is turned off, as the inventory says; provision reset turns it on again"
}

# --- rules made by hand -----------------------------------------------------------------

# tell_of_own_rules REQUIREMENTS: rules that others wrote are theirs, and no rule of ours can make up for a drop of theirs:
# nf_tables evaluates every base chain of a hook, and a drop in any of them is final. Once, before the host is a node.
tell_of_own_rules() {
  ! kubelet_joined || return 0
  command -v nft >/dev/null || return 0
  f_drops=$(nft -s list ruleset 2>/dev/null | drop_chains)
  [ -n "$f_drops" ] || return 0
  note "rules of nf_tables or iptables drop what comes in ($f_drops); they are left alone, and have to let in: $1"
}

# drop_chains: FAMILY TABLE CHAIN of base chains that drop or reject what no rule of theirs lets through. Reads stdin.
drop_chains() {
  awk '
    $1 == "table" { table = $2 " " $3 }
    $1 == "chain" { chain = table " " $2; base = 0; last = "" }
    /type filter hook (input|forward)/ { base = 1; if (/policy drop/) last = "drop" }
    base && !/^[[:space:]]*(type|chain|})/ && last != "drop" { last = ($0 ~ /^[[:space:]]*(counter )?(drop|reject)/) ? "ends" : "" }
    $1 == "}" && chain != "" { if (base && last != "") { printf "%s%s", sep, chain; sep = ", " } chain = "" }
  '
}
