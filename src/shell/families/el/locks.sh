# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- held versions (dnf, yum) -------------------------------------------------------
# Where dnf 4's versionlock plugin is there it holds: lines NAME-EPOCH:VERSION-RELEASE.* of its list, which we write
# ourselves, since the plugin would take a second and a look at all repositories for it, and drop others' comments. Where
# it is not (dnf 5 too), a repository's `exclude` holds: what is excluded, only those install who say so.

versionlock_list=${versionlock_list:-/etc/dnf/plugins/versionlock.list}
rpm_repositories=${rpm_repositories:-/etc/yum.repos.d}

versionlock_there() { [ -e "${versionlock_list%.list}.conf" ]; }

# held_packages: sets P_HELD to the plugin's list, or to what repositories exclude; for is_held.
held_packages() {
  P_HELD=$nl
  if versionlock_there; then
    [ ! -e "$versionlock_list" ] || P_HELD="$nl$(cat "$versionlock_list")$nl"
    return 0
  fi
  for h_file in "$rpm_repositories"/*.repo; do
    [ -e "$h_file" ] || continue
    while IFS= read -r h_line || [ -n "$h_line" ]; do
      case $h_line in exclude=* | excludepkgs=* | exclude\ =* | excludepkgs\ =*) P_HELD="$P_HELD${h_line#*=}$nl" ;; esac
    done <"$h_file"
  done
  P_HELD=$(printf '%s' "$P_HELD" | tr ',' ' ')
}

# is_held NAME: of what held_packages found.
is_held() {
  if versionlock_there; then
    case $P_HELD in *"$nl$1-"[0-9]*) return 0 ;; esac
    return 1
  fi
  h_held=1
  set -f
  # shellcheck disable=SC2086 # words
  for h_word in $P_HELD; do
    # shellcheck disable=SC2254 # globs are meant
    case $1 in $h_word)
      h_held=0
      break
      ;;
    esac
  done
  set +f
  return "$h_held"
}

# hold_packages NAME...: at the version that each has now.
hold_packages() {
  if versionlock_there; then
    other_locks "$@" >"$P_RUN/locks" &&
      rpm -q --qf '%{NAME}-%{EPOCHNUM}:%{VERSION}-%{RELEASE}.*\n' "$@" >>"$P_RUN/locks" && write_locks
    return
  fi
  held_packages
  for h_name in "$@"; do
    is_held "$h_name" && continue
    say "nothing holds $h_name: install python3-dnf-plugin-versionlock, or let its repository exclude it"
    return 1
  done
}

unlock_packages() {
  versionlock_there || return 0
  held_packages
  for h_name in "$@"; do
    is_held "$h_name" || continue
    other_locks "$@" >"$P_RUN/locks" && write_locks
    return
  done
}

# other_locks NAME...: the plugin's list without those.
other_locks() {
  o_names=$nl$(printf '%s\n' "$@")$nl
  [ -e "$versionlock_list" ] || return 0
  while IFS= read -r o_line || [ -n "$o_line" ]; do
    case $o_line in *-[0-9]*) case $o_names in *"$nl$(lock_name "$o_line")$nl"*) continue ;; esac ;; esac
    printf '%s\n' "$o_line" || return 1
  done <"$versionlock_list"
}

# lock_name LINE: the name in NAME-EPOCH:VERSION-RELEASE.*, and in what people write with a part of that.
lock_name() {
  case $1 in
  *:*)
    n_name=${1%%:*}
    printf '%s' "${n_name%-*}"
    ;;
  *) printf '%s' "${1%%-[0-9]*}" ;;
  esac
}

write_locks() { write_file "$versionlock_list" 644 root root <"$P_RUN/locks"; }
