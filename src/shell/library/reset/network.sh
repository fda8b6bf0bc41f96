# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: network -------------------------------------------------------------------------
# One by one and by name. Nothing is flushed, no policy is touched, no service of the network is restarted.

# list_network SUBNET...: what of the network belongs to Kubernetes or to what came with it. SUBNET: of pods and Services.
list_network() {
  concerned || return 0
  list_links | sed 's/^/link /'
  for n_save in $(firewall_savers); do list_firewall "$n_save" | sed "s/^/$n_save /"; done
  list_tables
  list_sets | sed 's/^/set /'
  list_routes "$@"
  list_routing_rules
  list_sysctls | sed 's/^/sysctl /'
}

# plan_network SUBNET...: the same for people: chains that are all ours are counted.
plan_network() {
  list_network "$@" | sed -E '/^[a-z0-9]+tables-[a-z]+-save [a-z]+ -F /d; s/^([a-z0-9]+tables-[a-z]+)-save ([a-z]+) -D /\1 -t \2: rule /' |
    grep -vE '^[a-z0-9]+tables-[a-z]+-save ' || :
  for n_save in $(firewall_savers); do
    n_count=$(list_firewall "$n_save" | grep -c ' -X ') || continue
    printf '%s: %s chains\n' "${n_save%-save}" "$n_count"
  done
}

remove_network() {
  list_routes "$@" | while read -r _ n_family n_route; do remove_route "$n_family" "$n_route" || return 1; done || return 1
  list_routing_rules | while read -r _ n_family n_priority n_rule; do
    ip "$n_family" rule del priority "${n_priority%:}" table "${n_rule##*lookup }" || return 1
  done || return 1
  for n_save in $(firewall_savers); do remove_firewall "$n_save" || return 1; done
  list_tables | while read -r _ n_family n_table; do nft delete table "$n_family" "$n_table" || return 1; done || return 1
  remove_sets || return 1
  list_links | while read -r n_link; do
    ip link delete "$n_link" 2>/dev/null || [ ! -e "/sys/class/net/$n_link" ] || return 1
  done || return 1
  list_sysctls | while read -r n_path n_value; do printf '%s\n' "$n_value" >"/proc/sys/$n_path" || return 1; done || return 1
  note_network
}

# list_links: ours, and what is plugged into a bridge of ours. Never one with the default route: that is the way out.
list_links() {
  l_ways=$(ip -4 route show default; ip -6 route show default)
  ip -o link | sed -E 's/^[0-9]+: ([^:@]+).*/\1/' | while read -r l_link; do
    owned_link "$l_link" || continue
    ! was_there "link $l_link" || continue
    case "$l_ways " in *" dev $l_link "*) continue ;; esac
    ip -o link show master "$l_link" 2>/dev/null | sed -nE 's/^[0-9]+: (veth[^:@]+).*/\1/p'
    printf '%s\n' "$l_link"
  done | sort -u
}

# list_firewall SAVER: lines "TABLE -D|-F|-X CHAIN ..." for iptables-restore.
list_firewall() {
  f_chains=$(owned_chains)
  firewall_lines "$1" >"$P_RUN/firewall" || return 1
  f_baseline=$P_STATE/ledger/baseline/system/content
  if [ -e "$f_baseline" ]; then sed -n "s|^firewall $1 ||p" "$f_baseline"; fi >"$P_RUN/firewall.before" &&
    lines_not_in "$P_RUN/firewall.before" "$P_RUN/firewall" >"$P_RUN/firewall.new" || return 1
  sed -n 's/^\([a-z]*\) -A /\1 -D /p' "$P_RUN/firewall.new" | grep -vE "^[a-z]+ -D $f_chains " |
    grep -E -e " -[jg] $f_chains( |\$)|$(owned_rules)" || :
  for f_verb in -F -X; do sed -nE "s/^([a-z]+) :$f_chains .*/\1 $f_verb \2/p" "$P_RUN/firewall.new"; done
}

# remove_firewall SAVER: a table at a time, each at once or not at all.
remove_firewall() {
  r_lines=$P_RUN/firewall.remove
  list_firewall "$1" >"$r_lines" || return 1
  for r_table in filter nat mangle raw security; do
    grep -q "^$r_table " "$r_lines" || continue
    { printf '*%s\n' "$r_table" && sed -n "s/^$r_table //p" "$r_lines" && echo COMMIT; } >"$P_RUN/firewall.input" &&
      "${1%-save}-restore" --noflush --wait 20 <"$P_RUN/firewall.input" || return 1
  done
}

# list_tables: tables of nf_tables by their names, and those of iptables that were not there and in which nothing is left.
list_tables() {
  command -v nft >/dev/null || return 0
  nft list tables 2>/dev/null | sed 's/ *$//' | while read -r _ t_family t_name; do
    ! was_there "table $t_family $t_name" || continue
    if owned_table "$t_name" || is_spent "$t_family" "$t_name"; then printf 'table %s %s\n' "$t_family" "$t_name"; fi
  done
}

# is_spent FAMILY TABLE: a table of iptables with nothing in it but its own chains, which accept.
is_spent() {
  case "$1 $2" in 'ip filter' | 'ip nat' | 'ip mangle' | 'ip raw' | 'ip6 filter' | 'ip6 nat' | 'ip6 mangle' | 'ip6 raw') ;; *) return 1 ;; esac
  ! grep -qs "^firewall ${1}tables-nft-save $2 " "$P_STATE/ledger/baseline/system/content" || return 1
  ! nft -s list table "$1" "$2" 2>/dev/null |
    grep -qvE '^(table .*\{|[[:space:]]*chain (PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) \{|[[:space:]]*type .* policy accept;|[[:space:]]*\}|[[:space:]]*|#.*)$'
}

list_sets() {
  command -v ipset >/dev/null || return 0
  ipset list -n 2>/dev/null | while read -r s_name; do
    owned_set "$s_name" || continue
    was_there "set $s_name" || printf '%s\n' "$s_name"
  done
}

# A set of sets holds its members: the second round gets those.
remove_sets() {
  for s_round in 1 2; do
    list_sets | while read -r s_name; do ipset destroy "$s_name" 2>/dev/null || [ "$s_round" = 1 ] || ipset destroy "$s_name" || return 1; done || return 1
  done
}

# list_routes SUBNET...: routes to pods and Services that stay when the links of ours are gone.
list_routes() {
  for r_subnet in "$@"; do
    case $r_subnet in *:*) r_family=-6 ;; *) r_family=-4 ;; esac
    ip "$r_family" route show table all root "$r_subnet" 2>/dev/null | sed 's/ *$//' | while read -r r_route; do
      case $r_route in *'table local'*) continue ;; esac
      was_there "route $r_family $r_route" || printf 'route %s %s\n' "$r_family" "$r_route"
    done
  done | sort -u
}

# remove_route FAMILY ROUTE: flags that are shown but not taken are left out.
remove_route() {
  # shellcheck disable=SC2046 # words of a route
  set -- "$1" $(printf '%s' "$2" | sed -E 's/ (linkdown|dead|onlink|pervasive|offload|trap|notify)\b//g; s/ proto [^ ]+//; s/ pref [^ ]+//; s/ error [^ ]+//; s/ expires [^ ]+//')
  r_family=$1
  shift
  ip "$r_family" route del "$@" 2>/dev/null || [ -z "$(ip "$r_family" route show table all exact "$1" 2>/dev/null)" ]
}

list_routing_rules() {
  for r_family in -4 -6; do
    ip "$r_family" rule show | sed 's/ *$//' | while read -r r_rule; do
      owned_routing_table "${r_rule##*lookup }" || continue
      was_there "rule $r_family $r_rule" || printf 'rule %s %s\n' "$r_family" "$r_rule"
    done
  done
}

# list_sysctls: "PATH VALUE" of settings that were another, and are now what Kubernetes or Docker makes them.
list_sysctls() {
  for s_setting in $foreign_sysctls; do
    s_path=${s_setting%%=*}
    s_was=$(sed -n "s|^sysctl $s_path ||p" "$P_STATE/ledger/baseline/system/content" 2>/dev/null) || :
    [ -n "$s_was" ] || continue
    s_is=$(cat "/proc/sys/$s_path" 2>/dev/null) || continue
    [ "$s_is" != "$s_was" ] || continue
    case ${s_setting#*=} in '*' | "$s_is") printf '%s %s\n' "$s_path" "$s_was" ;; esac
  done
}

# note_network: what is seen and left.
note_network() {
  for n_save in $(firewall_savers); do
    n_policy=$(firewall_lines "$n_save" | grep -x 'filter :FORWARD DROP') || continue
    was_there "firewall $n_save $n_policy" ||
      reset_note "${n_save%-save} drops what is forwarded, which it did not before; policies are never touched, since others may rely on them"
  done
  if [ -s /proc/net/ip_vs ] && [ "$(wc -l </proc/net/ip_vs)" -gt 3 ]; then
    reset_note 'virtual services of IPVS are left (ipvsadm -L): their owner is not known'
  fi
  command -v nft >/dev/null ||
    reset_note 'nft is not installed, so tables of nf_tables that network add-ons made cannot be seen; they are gone at the next boot'
}
