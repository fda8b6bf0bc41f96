# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- packages (dnf, yum) ----------------------------------------------------------
# A package is written NAME or NAME=VERSION. VERSION is exact, or leaves out the epoch or the release, or is a glob.

# package_is HOLD SPEC: status 0 where it is installed so. HOLD: hold, free or any. Leaves "VERSION -" in R.
# Holding is the versionlock plugin's where it is there; where it is not, the repository's `exclude` holds.
package_is() {
  package "${2%%=*}" || return 1
  case $2 in *=*) version_is "${R% *}" "${2#*=}" || return 1 ;; esac
  [ "$1" = any ] || ! versionlock_there || case $1 in
  hold) version_locked "${2%%=*}" ;;
  free) ! version_locked "${2%%=*}" ;;
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

versionlock_there() { [ -e /etc/dnf/plugins/versionlock.conf ]; }

# The list has lines NAME-EPOCH:VERSION-RELEASE.*
version_locked() {
  [ -e /etc/dnf/plugins/versionlock.list ] || return 1
  while read -r v_line; do
    case $v_line in "$1"-[0-9]*) return 0 ;; esac
  done </etc/dnf/plugins/versionlock.list
  return 1
}

# What a repository excludes is held against others, not against us.
rpm_tool() {
  if command -v dnf >/dev/null; then dnf -y "$@"; else yum -y "$@"; fi
}

# install_packages HOLD SPEC...: those that are not so yet, in one transaction.
install_packages() {
  i_hold=$1
  shift
  i_names='' i_wanted=''
  for i_spec in "$@"; do
    i_names="$i_names ${i_spec%%=*}"
    package_is any "$i_spec" && continue
    case $i_spec in
    *=*) i_wanted="$i_wanted ${i_spec%%=*}-${i_spec#*=}" ;;
    *) i_wanted="$i_wanted $i_spec" ;;
    esac
  done
  # shellcheck disable=SC2086 # lists of words
  {
    ledger_packages $i_names
    [ -z "$i_wanted" ] || dnf_install "$i_names" $i_wanted
    if versionlock_there; then
      case $i_hold in
      hold) rpm_tool -q versionlock add $i_names ;;
      free) rpm_tool -q versionlock delete $i_names ;;
      esac
    fi
  }
}

# dnf_install NAMES PACKAGE...: a lock of ours on the version to be replaced is taken off first.
dnf_install() {
  i_locked=$1
  shift
  # shellcheck disable=SC2086 # a list of words
  if versionlock_there; then rpm_tool -q versionlock delete $i_locked || :; fi
  if ! rpm_install "$@"; then
    say 'fetching the metadata anew and trying once more'
    renew_mirrors
    rpm_tool -q clean expire-cache
    rpm_install "$@"
  fi
}
rpm_install() { rpm_tool install --setopt=install_weak_deps=False --disableexcludes=all "$@"; }

remove_packages() {
  ledger_packages "$@"
  rpm_tool remove --disableexcludes=all "$@"
}

# --- repositories (dnf, yum) --------------------------------------------------------

# repository_is NAME KEY-DIGEST DIGEST...: one digest for each mirror. KEY-DIGEST may be empty.
repository_is() {
  file_state "/etc/yum.repos.d/$1.repo" || return 1
  k_name=$1 k_digest=$2
  shift 2
  case " $* " in *" ${R##* } "*) ;; *) return 1 ;; esac
  case $R in "644 root root "*) ;; *) return 1 ;; esac
  file_state "/etc/pki/rpm-gpg/provision-$k_name.asc" || return 1
  case $R in "644 root root "*"$k_digest") ;; *) return 1 ;; esac
}

# set_repository NAME KEY: KEY is a file with the signing key, the .repo file comes on stdin.
set_repository() {
  write_repository "$1" "$2"
  retry 3 3 rpm_tool -q --disablerepo='*' --enablerepo="$1" makecache
}

# write_repository NAME KEY: the files alone. Reads stdin. Also called as a condition.
write_repository() {
  key_type "$2" >/dev/null || return 1
  cat >"$P_RUN/list"
  ledger_file "/etc/yum.repos.d/$1.repo" || return 1
  ledger_file "/etc/pki/rpm-gpg/provision-$1.asc" || return 1
  write_file "/etc/pki/rpm-gpg/provision-$1.asc" 644 root root <"$2" || return 1
  write_file "/etc/yum.repos.d/$1.repo" 644 root root <"$P_RUN/list"
}

# refresh_repository NAME SECONDS: its metadata alone, one try.
refresh_repository() {
  k_tool=yum
  ! command -v dnf >/dev/null || k_tool=dnf
  timeout "$2" "$k_tool" -y -q --disablerepo='*' --enablerepo="$1" --setopt=retries=1 --setopt=timeout=10 makecache
}
