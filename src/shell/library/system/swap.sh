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
  ! azure_swap || {
    say "Azure's agent makes swap at every boot: ResourceDisk.EnableSwap in /etc/waagent.conf"
    return 1
  }
  s_units=$(swap_units)
  for s_unit in $s_units ${s_units:+swap.target}; do
    masked "$s_unit" || {
      say "$s_unit is not masked"
      return 1
    }
  done
}

# Services that make swap by themselves: of zram, by files that they make, or when memory runs short.
swap_makers='zramswap zram-config armbian-zram-config zramd zram-swap systemd-swap swapspace dphys-swapfile'

# swap_units: units that would bring swap back: swap files and partitions that systemd knows, and the makers of swap. Where there
# are any, swap.target is masked as well: a partition that systemd finds by its type has another unit when its disk has
# another name.
swap_units() {
  for s_where in /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /run/systemd/generator*; do
    for s_file in "$s_where"/*.swap; do [ ! -e "$s_file" ] || printf '%s\n' "${s_file##*/}"; done
    for s_maker in $swap_makers; do [ ! -e "$s_where/$s_maker.service" ] || printf '%s\n' "$s_maker.service"; done
  done
  zram_units
}

# zram_units: units that zram-generator would make of its configuration: devices of which none is to be a file system.
zram_units() {
  [ -e /usr/lib/systemd/system-generators/zram-generator ] || return 0
  set --
  for s_where in /etc /run /usr/local/lib /usr/lib; do
    # The first of the main files counts, and all drop-ins.
    if [ $# -eq 0 ] && [ -e "$s_where/systemd/zram-generator.conf" ]; then set -- "$s_where/systemd/zram-generator.conf"; fi
  done
  for s_file in /etc/systemd/zram-generator.conf.d/*.conf /run/systemd/zram-generator.conf.d/*.conf \
    /usr/local/lib/systemd/zram-generator.conf.d/*.conf /usr/lib/systemd/zram-generator.conf.d/*.conf; do
    [ ! -e "$s_file" ] || set -- "$@" "$s_file"
  done
  [ $# -gt 0 ] || return 0
  awk '
    /^\[zram[0-9]+\]/ { name = substr($1, 2, length($1) - 2); found[name] = 1 }
    /^[ \t]*mount-point[ \t]*=/ { files[name] = 1 }
    END { for (name in found) if (!(name in files)) print "dev-" name ".swap" }' "$@"
}

# azure_swap: whether Azure's agent is told to make a swap file at each of its starts.
azure_swap() { [ -e /etc/waagent.conf ] && grep -Eqsi '^[[:blank:]]*ResourceDisk\.EnableSwap[[:blank:]]*=[[:blank:]]*(y|true|1)' /etc/waagent.conf; }

# shellcheck disable=SC3013 # dash and busybox have -ef
masked() { [ "/etc/systemd/system/$1" -ef /dev/null ]; }

swap_off() {
  ledger swap active "devices=$(sed '1d; s/[[:blank:]].*//' /proc/swaps | tr '\n' ' ')" || return 1
  if grep -qsE '^[[:blank:]]*[^#[:blank:]]+[[:blank:]]+[^[:blank:]]+[[:blank:]]+swap([[:blank:]]|$)' /etc/fstab; then
    edit_file /etc/fstab -E 's/^[[:blank:]]*[^#[:blank:]]+[[:blank:]]+[^[:blank:]]+[[:blank:]]+swap([[:blank:]]|$)/# swap off by provision: &/' || return 1
  fi
  if [ -e /usr/lib/systemd/zram-generator.conf ] && [ ! -e /etc/systemd/zram-generator.conf ]; then
    ledger_file /etc/systemd/zram-generator.conf &&
      put_text /etc/systemd/zram-generator.conf 644 root root "# an empty file turns zram-generator off$nl" || return 1
  fi
  if azure_swap; then
    edit_file /etc/waagent.conf -E 's/^([[:blank:]]*ResourceDisk\.EnableSwap[[:blank:]]*=[[:blank:]]*).*/\1n/I' || return 1
  fi
  # Units of active swap first, while systemd still knows them; those that fstab made are gone with their lines.
  s_active=$(systemctl list-units --type swap --plain --no-legend --no-pager | while read -r s_unit _; do echo "$s_unit"; done)
  swapoff -a && systemctl daemon-reload || return 1
  s_units="$s_active $(swap_units)"
  [ "$s_units" != ' ' ] || return 0
  for s_unit in $s_units swap.target; do
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
