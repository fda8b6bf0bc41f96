# shellcheck shell=sh disable=SC2154 # what the prelude sets
# Packages that are installed and yet not whole; part of a program.

# package_state NAME: dpkg's two letters for it, nothing where it has never been there.
# shellcheck disable=SC2016 # dpkg-query's own
package_state() { dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null | cut -c 1-2; }

# package_altered NAME: files that are not as they came. Configuration may differ, and manuals may be left out by rule.
package_altered() {
  dpkg --verify "$1" 2>/dev/null | grep -v -e '^.\{9\} c ' -e ' /usr/share/\(doc\|man\|locale\|info\|lintian\)/'
}

reinstall_packages() {
  apt_repair
  r_wanted=''
  for r_name in "$@"; do
    # shellcheck disable=SC2016 # dpkg-query's own
    r_wanted="$r_wanted $r_name=$(dpkg-query -W -f '${Version}' "$r_name")"
  done
  # shellcheck disable=SC2086 # a list of words
  if ! apt_get install --reinstall --allow-change-held-packages --allow-downgrades $r_wanted; then
    apt_update || say 'some lists could not be fetched: going on with what there is'
    apt_get --fix-broken install
    apt_get install --reinstall --allow-change-held-packages --allow-downgrades $r_wanted
  fi
}
