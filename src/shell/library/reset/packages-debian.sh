# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: packages (apt) ------------------------------------------------------------------

# removal_of NAME...: what apt would remove with them.
removal_of() { apt-get -s -q purge "$@" 2>/dev/null | sed -n 's/^\(Purg\|Remv\) \([^ ]*\).*/\2/p'; }

# packages_to_remove: ours, and what came along with them, but for what something needs that somebody else installed.
packages_to_remove() {
  r_ours=$(our_packages)
  [ -n "$r_ours" ] || return 0
  r_all=$r_ours
  for r_name in $(apt-mark showauto 2>/dev/null); do
    case "$nl$r_all$nl" in *"$nl$r_name$nl"*) ;; *) was_installed "$r_name" || r_all=$r_all$nl$r_name ;; esac
  done
  while :; do
    # shellcheck disable=SC2086 # names
    r_foreign=$(removal_of $r_all | grep -vFx "$r_all") || break
    r_spared=''
    for r_name in $r_all; do
      r_needs=$(removal_of "$r_name" | grep -Fx "$r_foreign" | head -n 1) || continue
      [ -n "$r_needs" ] || continue
      r_spared=$r_spared$r_name$nl
      case "$nl$r_ours$nl" in *"$nl$r_name$nl"*)
        reset_note "the package $r_name stays: $r_needs, which was installed by somebody else, needs it"
        ;;
      esac
    done
    [ -n "$r_spared" ] || return 1
    r_all=$(printf '%s\n' "$r_all" | grep -vFx "${r_spared%"$nl"}") || return 0
  done
  printf '%s\n' "$r_all"
}

# erase_packages NAME...: with their configuration, and what was downloaded of them.
erase_packages() {
  apt_repair
  apt_get purge --allow-change-held-packages "$@"
  for e_name in "$@"; do rm -f "/var/cache/apt/archives/${e_name}"_*.deb; done
}

repair_packages() { apt_repair; }

# bring_package NAME VERSION: one that we, or a package of ours, had to remove.
bring_package() {
  apt_get install "$1=$2" || { apt_update && apt_get install "$1=$2"; } || return 1
}

hold_package() { apt-mark -q hold "$1" >/dev/null; }
free_package() { apt-mark -q unhold "$1" >/dev/null; }
