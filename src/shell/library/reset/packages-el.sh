# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: packages (dnf, yum) ---------------------------------------------------------------

# packages_to_remove: ours, and what came along with them and nobody else needs.
# shellcheck disable=SC2086 # lists of names
packages_to_remove() {
  r_remove=$(our_packages)
  [ -n "$r_remove" ] || return 0
  # Where dnf cannot say what came along with others, nothing of that goes.
  r_auto=$(dnf -q -C repoquery --installed --qf '%{name} %{reason}\n' 2>/dev/null | sed -n 's/ \(weak-\)\{0,1\}dependency$//p' | sort -u) || r_auto=''
  for r_name in $r_auto; do was_installed "$r_name" || r_remove="$r_remove$nl$r_name"; done
  # rpm names what is still needed; it stays, and so does what it needs, until nothing is missed.
  while :; do
    # shellcheck disable=SC2086 # names
    r_needed=$(rpm -e --test $r_remove 2>&1 | sed -n 's/^[[:space:]]*\(.*\) is needed by (installed) \(.*\)$/\1/p')
    [ -n "$r_needed" ] || break
    r_kept=$(printf '%s\n' "$r_needed" | while read -r r_what _; do rpm -q --qf '%{NAME}\n' --whatprovides "$r_what" 2>/dev/null; done | sort -u)
    r_fewer=$(printf '%s\n' $r_remove | grep -vFx "$r_kept") || :
    [ "$(printf '%s\n' $r_remove)" != "$r_fewer" ] || break
    for r_name in $r_kept; do
      case "$nl$(our_packages)$nl" in *"$nl$r_name$nl"*) reset_note "the package $r_name stays: one that somebody else installed needs it" ;; esac
    done
    r_remove=$r_fewer
    [ -n "$r_remove" ] || return 0
  done
  printf '%s\n' $r_remove
}

# erase_packages NAME...: keys are none to dnf. What dnf knows of repositories that are gone goes too.
# shellcheck disable=SC2086 # lists of names
erase_packages() {
  unlock_packages "$@"
  e_keys='' e_names=''
  for e_name in "$@"; do
    case $e_name in gpg-pubkey-*) e_keys="$e_keys $e_name" ;; *) e_names="$e_names $e_name" ;; esac
  done
  [ -z "$e_names" ] || rpm_ours remove --setopt=clean_requirements_on_remove=False $e_names
  [ -z "$e_keys" ] || rpm -e $e_keys
  forget_metadata
}

# forget_metadata: dnf keeps it as NAME-DIGEST/, NAME.solv and the like.
forget_metadata() {
  for m_cache in /var/cache/dnf/*-????????????????/; do
    m_repository=${m_cache%-????????????????/}
    m_repository=${m_repository##*/}
    [ "$m_repository" != '*' ] || continue
    ! grep -qsFx "[$m_repository]" /etc/yum.repos.d/*.repo /etc/dnf/dnf.conf || continue
    rm -rf "$m_cache" "/var/cache/dnf/$m_repository".solv "/var/cache/dnf/$m_repository"-*.solvx
  done
}

repair_packages() { note_keys; }

bring_package() { rpm_install "$1-$2"; }

hold_package() { ! versionlock_there || hold_packages "$1"; }
free_package() { unlock_packages "$1"; }
