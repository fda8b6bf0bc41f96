# shellcheck shell=sh # the family's own part comes after it
# --- packages -------------------------------------------------------------------

# packages_are HOLD SPEC...: all of them as package_is says. HOLD: hold, free or any.
packages_are() {
  p_hold=$1
  shift
  for p_spec in "$@"; do
    package_is "$p_hold" "$p_spec" && continue
    say "${p_spec%%=*} is ${R:-absent}, wanted $p_spec"
    return 1
  done
}

packages_absent() {
  for p_spec in "$@"; do
    ! package "$p_spec" || return 1
  done
}
