# shellcheck shell=sh disable=SC2154 # what the prelude sets
# Packages that are installed and yet not whole; part of a program.

# package_state NAME: as dpkg would call it, nothing where it is not installed.
package_state() { ! rpm -q --quiet "$1" || printf 'ii\n'; }

# package_altered NAME: files that are not as they came; configuration and manuals may differ.
package_altered() { rpm -V --nomtime --noghost "$1" 2>/dev/null | grep -v -e '^[^ ]*  *[cd] ' -e ' /usr/share/\(doc\|man\)/'; }

reinstall_packages() { rpm_ours reinstall "$@"; }
