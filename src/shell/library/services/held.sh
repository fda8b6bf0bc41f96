# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- units that are held back -------------------------------------------------------
# Such a unit does not start at boot until it is let go: after a power cut it would work with half of what it needs. It is
# disabled, since a mask at runtime is gone with the boot. $P_STATE/held/UNIT holds what it was: enabled, disabled, not-found, ...

unit_is_held() { [ -e "$P_STATE/held/$1" ]; }

# hold_unit UNIT: stops it as well.
hold_unit() {
  # One that was not there may have been installed since.
  if ! unit_is_held "$1" || [ "$(cat "$P_STATE/held/$1")" = not-found ]; then
    h_was=$(systemctl is-enabled "$1" 2>/dev/null) || :
    printf '%s\n' "${h_was:-not-found}" >"$P_RUN/held" || return 1
    put_note "$P_STATE/held/$1" <"$P_RUN/held" || return 1
    settled "$P_STATE" || return 1
  fi
  [ "$(cat "$P_STATE/held/$1")" != not-found ] || return 0
  systemctl -q disable "$1" || return 1
  settled /etc/systemd/system || return 1
  systemctl stop "$1"
}

# release_unit UNIT: it starts at boot where it did. Whether it is started now is the caller's business.
release_unit() {
  unit_is_held "$1" || return 0
  read -r h_was <"$P_STATE/held/$1" || return 1
  case $h_was in enabled*)
    systemctl -q enable "$1" || return 1
    settled /etc/systemd/system || return 1
    ;;
  esac
  rm -f "$P_STATE/held/$1" || return 1
  rmdir "$P_STATE/held" 2>/dev/null || :
}
