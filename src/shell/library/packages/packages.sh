# shellcheck shell=sh disable=SC2154 # what the prelude sets; the family's own part comes after it
# --- packages -------------------------------------------------------------------
# A package is written NAME or NAME=VERSION. VERSION is exact, or leaves out the epoch or the revision (the release), or is
# a glob such as 28.3.*: what the host's lists have is decided on the host. HOLD is hold, free or any.

# packages_are HOLD SPEC...: all of them are installed so.
packages_are() {
  p_hold=$1
  shift
  know_packages "$@"
  for p_spec in "$@"; do
    package_is "$p_hold" "$p_spec" && continue
    say "${p_spec%%=*} is ${R:-absent}, wanted $p_spec"
    return 1
  done
}

packages_absent() {
  know_packages "$@"
  for p_spec in "$@"; do
    ! lookup "$P_PACKAGES" "$p_spec" || return 1
  done
}

# none_displaced BY OTHERWISE NAME...: status 3, which ends the program, where one of these is installed. BY would displace it;
# OTHERWISE: what to write into the inventory instead.
none_displaced() {
  d_by=$1 d_otherwise=$2 d_there=''
  shift 2
  know_packages "$@"
  for d_name in "$@"; do
    ! lookup "$P_PACKAGES" "$d_name" || d_there="$d_there $d_name"
  done
  [ -n "$d_there" ] || return 0
  say "$d_by would displace packages that are installed here, with what runs in them:$d_there." \
    "${d_otherwise:+Write $d_otherwise into the inventory, for all hosts or beside the address of this one, to keep them. }Or remove" \
    "them yourself: $package_tool remove$d_there"
  return 3
}

# know_packages SPEC...: asks for all of them at once, unless what was asked for at the start still holds.
know_packages() {
  [ "$P_SNAPSHOT" != 1 ] || return 0
  k_names=''
  for k_spec in "$@"; do k_names="$k_names ${k_spec%%=*}"; done
  # shellcheck disable=SC2086 # names
  prefetch_packages $k_names
}

# package_is HOLD SPEC: of what is known. Leaves "VERSION HOLD" in R.
package_is() {
  lookup "$P_PACKAGES" "${2%%=*}" || return 1
  case $2 in *=*) version_is "${R% *}" "${2#*=}" || return 1 ;; esac
  case $1 in
  hold) [ "${R#* }" = hold ] ;;
  free) [ "${R#* }" != hold ] || ! holds_are_ours ;;
  esac
}

# version_is VERSION PATTERN
version_is() {
  v_version=$1
  case $2 in *:*) ;; *) v_version=${v_version#*:} ;; esac
  # shellcheck disable=SC2254 # globs are meant
  case $v_version in $2 | $2-*) return 0 ;; esac
  return 1
}
