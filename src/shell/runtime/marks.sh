# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- marks ----------------------------------------------------------------------

# marks ID: notes the restarts this task's change will owe *before* it is applied, so that a program killed
# between the change and the restart is followed by one that restarts.
marks() {
  p_marks=''
  eval "p_marks=\${${1}_marks:-}"
  [ -z "$p_marks" ] || read -r p_up _ </proc/uptime
  for p_mark in $p_marks; do printf '%s\n' "$p_up" >"$P_PENDING/$p_mark" || return 1; done
}

# owed MARK: a restart (or reboot) is owed. settle MARK: it has been done.
owed() {
  case $P_WOULD in *" $1 "*) return 0 ;; esac
  [ -e "$P_PENDING/$1" ]
}
settle() { rm -f "$P_PENDING/$1"; }

# owed_restart MARK UNIT: a restart is owed, and the unit has not come up anew by itself since (a package that was
# installed after its configuration starts its daemon with it).
owed_restart() {
  owed "$1" || return 1
  # In this order: that there is no such file (check mode only notes what would be owed) is nothing to say.
  read -r o_marked 2>/dev/null <"$P_PENDING/$1" || return 0
  o_started=$(systemctl show --value --property=ActiveEnterTimestampMonotonic -- "$2")
  # Microseconds against seconds with two decimals, both since boot.
  [ "${o_started:-0}" -gt "${o_marked%.*}${o_marked#*.}0000" ] || return 0
  [ "$P_MODE" = check ] || settle "$1"
  return 1
}

# reboot_not_in_vain MARK: a reboot of ours that did not help must not be followed by another, and another. It is noted by
# the clock, since the time since boot begins anew; a time to come is of a clock that was wrong, and says nothing.
reboot_not_in_vain() {
  b_now=$(date +%s)
  b_last=$(cat "$P_STATE/reboot-$1" 2>/dev/null) || :
  # A power cut may leave an empty note.
  case $b_last in '' | *[!0-9]*) b_last=0 ;; esac
  if [ "$b_last" -le "$b_now" ] && [ $((b_now - b_last)) -lt 1800 ]; then
    say "rebooted $((b_now - b_last)) s ago for this, and it is still not so"
    return 1
  fi
  printf '%s\n' "$b_now" >"$P_STATE/reboot-$1"
}
