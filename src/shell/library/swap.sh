# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- swap -------------------------------------------------------------------------

# swap_is_off: nothing is swapped to, and nothing would be after a reboot.
swap_is_off() {
  { read -r _ && read -r s_device _; } </proc/swaps && {
    say "swapping to $s_device"
    return 1
  }
  if [ -e /etc/fstab ]; then
    while read -r s_device _ s_type _ || [ -n "$s_device" ]; do
      case $s_device in '#'*) continue ;; esac
      [ "$s_type" != swap ] || {
        say "/etc/fstab has swap on $s_device"
        return 1
      }
      s_device=''
    done </etc/fstab
  fi
  [ ! -e /usr/lib/systemd/zram-generator.conf ] || [ -e /etc/systemd/zram-generator.conf ] || {
    say 'zram-generator makes swap'
    return 1
  }
  for s_unit in $(swap_units); do
    masked "$s_unit" || {
      say "$s_unit is not masked"
      return 1
    }
  done
}

# swap_units: units that would bring swap back: swap files and partitions that systemd knows, and the makers of zram swap.
swap_units() {
  for s_file in /etc/systemd/system/*.swap /usr/lib/systemd/system/*.swap /run/systemd/generator*/*.swap \
    /usr/lib/systemd/system/zramswap.service /usr/lib/systemd/system/zram-config.service \
    /usr/lib/systemd/system/dphys-swapfile.service; do
    [ ! -e "$s_file" ] || printf '%s\n' "${s_file##*/}"
  done
}

# shellcheck disable=SC3013 # dash and busybox have -ef
masked() { [ "/etc/systemd/system/$1" -ef /dev/null ]; }

swap_off() {
  ledger swap active "devices=$(sed '1d; s/[[:blank:]].*//' /proc/swaps | tr '\n' ' ')" || return 1
  if grep -qsE '^[[:blank:]]*[^#[:blank:]]+[[:blank:]]+[^[:blank:]]+[[:blank:]]+swap([[:blank:]]|$)' /etc/fstab; then
    s_state=$(stat -c '%a %u %g' /etc/fstab) && ledger_file /etc/fstab || return 1
    sed -E 's/^[[:blank:]]*[^#[:blank:]]+[[:blank:]]+[^[:blank:]]+[[:blank:]]+swap([[:blank:]]|$)/# swap off by provision: &/' \
      /etc/fstab >"$P_RUN/fstab" || return 1
    # shellcheck disable=SC2086 # three words
    write_file /etc/fstab $s_state <"$P_RUN/fstab" || return 1
  fi
  if [ -e /usr/lib/systemd/zram-generator.conf ]; then
    ledger_file /etc/systemd/zram-generator.conf &&
      put_text /etc/systemd/zram-generator.conf 644 root root "# an empty file turns zram-generator off$nl" || return 1
  fi
  # Units of active swap first, while systemd still knows them; those that fstab made are gone with their lines.
  s_active=$(systemctl list-units --type swap --plain --no-legend --no-pager | while read -r s_unit _; do echo "$s_unit"; done)
  swapoff -a && systemctl daemon-reload || return 1
  for s_unit in $s_active $(swap_units); do
    masked "$s_unit" || mask_unit "$s_unit" || return 1
  done
}

# A unit file of the administrator's own is where the mask has to go: it is kept in the ledger.
mask_unit() {
  ledger_unit "$1" && ledger_file "/etc/systemd/system/$1" || return 1
  systemctl stop "$1" || :
  [ ! -e "/etc/systemd/system/$1" ] || rm -f "/etc/systemd/system/$1" || return 1
  systemctl mask "$1"
}
