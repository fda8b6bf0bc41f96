# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: packages (dnf, yum) ---------------------------------------------------------------

# packages_to_remove: names: ours, and what came along with them, but for what something requires or recommends that
# stays. Writes why others of ours stay to $P_RUN/stays, a line each.
packages_to_remove() {
  : >"$P_RUN/stays"
  our_packages >"$P_RUN/ours"
  packages_before >"$P_RUN/before"
  came_along >"$P_RUN/along"
  cat "$P_RUN/ours" "$P_RUN/along" >"$P_RUN/go"
  while [ -s "$P_RUN/go" ]; do
    still_wanted >"$P_RUN/wanted" || return 1
    [ -s "$P_RUN/wanted" ] || break
    grep -Fxf "$P_RUN/wanted" "$P_RUN/ours" |
      sed 's/.*/the package & stays: a package that provision did not install needs or recommends it/' >>"$P_RUN/stays"
    grep -vFxf "$P_RUN/wanted" "$P_RUN/go" >"$P_RUN/go.fewer" || :
    mv "$P_RUN/go.fewer" "$P_RUN/go"
  done
  cat "$P_RUN/go"
}

# came_along: what ours require, or a reset that was cut short left, if dnf calls it a dependency and it was not there
# before. Weak ones provision never installs. Where dnf cannot say, nothing of that goes.
# shellcheck disable=SC2046 # names
came_along() {
  [ -s "$P_RUN/before" ] || return 0
  dnf -q -C repoquery --installed --qf '%{name} %{reason}\n' 2>/dev/null | sed -nE 's/^([^ ]+) [Dd]ependency$/\1/p' | sort -u >"$P_RUN/auto"
  {
    cat "$P_RUN/ours"
    [ ! -e "$P_STATE/reset/packages" ] || cat "$P_STATE/reset/packages"
  } >"$P_RUN/closure"
  while :; do
    sort -u "$P_RUN/closure" >"$P_RUN/closure.last"
    rpm -q --qf '[%{REQUIRENAME}\n]' $(cat "$P_RUN/closure.last") 2>/dev/null | providers | cat "$P_RUN/closure.last" - | sort -u >"$P_RUN/closure"
    ! cmp -s "$P_RUN/closure" "$P_RUN/closure.last" || break
  done
  grep -Fxf "$P_RUN/closure" "$P_RUN/auto" | grep -vFxf "$P_RUN/before" | grep -vFxe "$(cat "$P_RUN/ours")" || :
}

# still_wanted: which of $P_RUN/go something needs that stays. What was there before us did without: that it recommends or
# suggests one of them does not count, nor does that anything suggests one of ours. Status 1: something is needed, and nobody knows which has it.
# shellcheck disable=SC2046 # names
still_wanted() {
  rpm -e --test --allmatches $(cat "$P_RUN/go") 2>&1 | sed -nE 's/^[[:space:]]*(.*) is needed by \(installed\) .*/\1/p' >"$P_RUN/needed"
  sed '/^(/!s/ .*//' "$P_RUN/needed" | providers | grep -Fxf "$P_RUN/go" >"$P_RUN/required" || [ ! -s "$P_RUN/needed" ] || return 1
  # Releases before 8 know no such tags, and have nothing of the kind.
  {
    rpm -qa --qf '[recommends %{=NAME} %{RECOMMENDNAME}\n]'
    rpm -qa --qf '[suggests %{=NAME} %{SUGGESTNAME}\n]'
  } 2>/dev/null | awk '
    FILENAME == ARGV[1] { go[$1]; next }
    FILENAME == ARGV[2] { before[$1]; next }
    $2 in go || $2 in before || $3 == "(none)" { next }
    { strong = ($1 == "recommends"); sub(/^[^ ]+ [^ ]+ /, ""); print strong, $0 }
  ' "$P_RUN/go" "$P_RUN/before" - >"$P_RUN/weak"
  {
    cat "$P_RUN/required"
    sed 's/^. //' "$P_RUN/weak" | providers | grep -Fxf "$P_RUN/along"
    sed -n 's/^1 //p' "$P_RUN/weak" | providers
  } | grep -Fxf "$P_RUN/go" | sort -u
}

# providers: of the capabilities on stdin, a line each: names of packages. A rich one, as (a or b), counts as each of its words.
providers() {
  set --
  sed '/^(/!b; s/[()]/ /g; s/  */\n/g' | sort -u >"$P_RUN/capabilities"
  while IFS= read -r p_capability; do set -- "$@" "$p_capability"; done <"$P_RUN/capabilities"
  [ $# -eq 0 ] || rpm -q --whatprovides --qf '%{NAME}\n' "$@" 2>/dev/null | sed '/ /d' | sort -u
}

# erase_packages NAME...: keys are none to dnf. What dnf knows of repositories that are gone goes too.
# shellcheck disable=SC2086 # lists of names
erase_packages() {
  unlock_packages "$@" || return 1
  e_keys='' e_names=''
  for e_name in "$@"; do
    case $e_name in gpg-pubkey-*) e_keys="$e_keys $e_name" ;; *) e_names="$e_names $e_name" ;; esac
  done
  [ -z "$e_names" ] || rpm_ours remove --setopt=clean_requirements_on_remove=False $e_names || return 1
  [ -z "$e_keys" ] || rpm -e $e_keys || return 1
  forget_metadata
}

# purge_packages: rpm keeps no configuration of what is gone, but for files that somebody changed.
purge_packages() { :; }

is_present() { rpm -q "$1" >/dev/null 2>&1; }

# owned_path PATH: a package that is installed has it.
owned_path() { rpm -qf "$1" >/dev/null 2>&1; }

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
