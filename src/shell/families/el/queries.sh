# shellcheck shell=sh disable=SC2034 # the other parts use what is set here
# --- what of packages there is ------------------------------------------------------

package_tool=dnf

# query_packages RPM-ARGUMENT...: lines "NAME=VERSION HOLD"; no line where it is not installed. HOLD: hold or -.
query_packages() {
  held_packages
  rpm -q --qf '%{NAME}=%{EPOCHNUM}:%{VERSION}-%{RELEASE}\n' "$@" 2>/dev/null | while IFS= read -r q_line; do
    case $q_line in *' '*) ;; *) if is_held "${q_line%%=*}"; then echo "$q_line hold"; else echo "$q_line -"; fi ;; esac
  done
}

# query_package_set: lines "NAME=VERSION HOLD" of all that is there, for the ledger.
query_package_set() { rpm -qa --qf '%{NAME}=%{EPOCHNUM}:%{VERSION}-%{RELEASE} -\n'; }

# distribution_containerd: the distributions have none.
distribution_containerd() { return 1; }

# refresh_lists: dnf does so by itself.
refresh_lists() { :; }
