# shellcheck shell=sh disable=SC2034 # the other parts use what is set here
# --- what of packages there is ------------------------------------------------------

package_tool=apt-get

# query_packages NAME...: lines "NAME=VERSION HOLD"; no line where it is not installed. HOLD: hold or -.
query_packages() {
  # shellcheck disable=SC2016 # dpkg's fields, not the shell's
  dpkg-query -W -f '${Package} ${Version} ${db:Status-Want} ${db:Status-Status}\n' "$@" 2>/dev/null |
    while read -r q_name q_version q_want q_status; do
      [ "$q_status" = installed ] || continue
      [ "$q_want" = hold ] || q_want=-
      printf '%s=%s %s\n' "$q_name" "$q_version" "$q_want"
    done
}

# query_package_set: lines "NAME=VERSION HOLD" of all that is there, in whatever state, for the ledger. Of what was removed
# and its configuration left, HOLD is `left`.
query_package_set() {
  # shellcheck disable=SC2016 # dpkg's fields, not the shell's
  q_all=$(dpkg-query -W -f '${Package}=${Version} ${db:Status-Want} ${db:Status-Status}\n') || return 1
  printf '%s\n' "$q_all" |
    sed -E '/ not-installed$/d; s/ [a-z]+ config-files$/ left/; s/ hold [a-z-]+$/ hold/; s/ [a-z]+ [a-z-]+$/ -/'
}

# distribution_containerd: prints the version of containerd that the distribution's package has.
distribution_containerd() { apt_candidate containerd '*'; }

# refresh_lists: has the package manager read its repositories again.
refresh_lists() { apt_update || say 'some lists could not be fetched: going on with what there is'; }
