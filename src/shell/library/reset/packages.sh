# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: packages --------------------------------------------------------------------------

# our_packages: there now, and absent before us.
our_packages() {
  for o_entry in "$P_STATE"/ledger/package/*/; do
    [ -e "$o_entry/meta" ] || continue
    o_name=$(sed -n 's/^key=//p' "$o_entry/meta") || return 1
    ! is_ours "$o_name" || ! is_present "$o_name" || printf '%s\n' "$o_name"
  done
}

# is_ours NAME: the ledger has it by name, as absent, and it was not there when the first package was changed either.
is_ours() {
  entry_name "$1"
  grep -qsx 'version=absent' "$P_STATE/ledger/package/$R/meta" && ! was_installed "$1"
}

was_installed() { grep -qs "^$1=.* [-h][old]*\$" "$P_STATE/ledger/package-set/all/content"; }

# packages_before: names of all that was installed before the first change of packages.
packages_before() { sed -n '/ left$/!s/=.*//p' "$P_STATE/ledger/package-set/all/content" 2>/dev/null || :; }

# packages_stay: without --packages nothing is removed, and what is noted of them is kept for later.
packages_stay() {
  s_names=$(our_packages | tr '\n' ' ')
  [ -z "$s_names" ] || note "packages that provision installed stay: ${s_names% }; with --packages they go as well"
}

list_packages() {
  [ ! -d "$P_STATE/ledger/package-set" ] && [ ! -d "$P_STATE/ledger/package" ] || echo 'what packages there were'
}

# plan_packages: for people.
plan_packages() {
  [ -d "$P_STATE/ledger/package-set" ] || [ -d "$P_STATE/ledger/package" ] || return 0
  packages_to_remove >"$P_RUN/remove" || say "$no_answer"
  sed 's/^/remove package /' "$P_RUN/remove"
  sed 's/^the package \([^ ]*\) stays: /keep package \1: /' "$P_RUN/stays"
  removed_packages | sed 's/^/install package /; s/ [^ ]*$//'
  # shellcheck disable=SC2046 # paths without blanks
  ! concerned || list_files $(unowned_paths)
}

no_answer='the package manager does not say what would go with the packages of provision: none is removed. Repair it first, then run the same again'

# unowned_paths: those of package_paths in which no package that is there has anything.
unowned_paths() {
  for p_path in $package_paths; do owned_path "$p_path" || printf '%s\n' "$p_path"; done
}

# removed_packages: "NAME VERSION" of what was there before us and is not any more.
removed_packages() {
  [ -e "$P_STATE/ledger/package-set/all/content" ] || return 0
  p_now=$nl$(query_package_set | sed '/ left$/d; s/=.*//')$nl
  while IFS='=' read -r p_name p_version; do
    case $p_now$p_version in *"$nl$p_name$nl"* | *' left') ;; *) printf '%s %s\n' "$p_name" "${p_version% *}" ;; esac
  done <"$P_STATE/ledger/package-set/all/content"
}

put_back_packages() {
  [ -d "$P_STATE/ledger/package-set" ] || [ -d "$P_STATE/ledger/package" ] || return 0
  repair_packages || return 1
  packages_to_remove >"$P_RUN/remove" || {
    say "$no_answer"
    return 1
  }
  while IFS= read -r p_stays; do reset_note "$p_stays"; done <"$P_RUN/stays"
  if [ -s "$P_RUN/remove" ]; then
    # What came along can be told only as long as what it came along with is there.
    mkdir -p "$P_STATE/reset"
    cat "$P_RUN/remove" >>"$P_STATE/reset/packages" && to_disk "$P_STATE/reset/packages" "$P_STATE/reset" || return 1
    # shellcheck disable=SC2046 # names
    erase_packages $(cat "$P_RUN/remove") || return 1
  fi
  [ ! -s "$P_STATE/reset/packages" ] || purge_packages || return 1
  if [ -d "$P_STATE/ledger/package-set" ]; then
    removed_packages >"$P_RUN/removed"
    while read -r p_name p_version; do
      bring_package "$p_name" "$p_version" </dev/null ||
        reset_note "the package $p_name $p_version was here before provision and is no longer available: install it again"
    done <"$P_RUN/removed"
  fi
  for p_entry in "$P_STATE"/ledger/package/*/; do
    [ -e "$p_entry/meta" ] || continue
    read_meta "${p_entry%/}"
    put_back_package
  done
  note_accounts
  # shellcheck disable=SC2046 # paths without blanks
  ! concerned || remove_files $(unowned_paths)
  make_shared_paths
  settled / /usr /etc /var /opt || return 1
  rm -rf "$P_STATE/ledger/package" "$P_STATE/ledger/package-set"
  rm -f "$P_STATE/reset/packages"
}

# put_back_package: of one that stays, whether it is held.
put_back_package() {
  p_now=$(query_packages "$m_key")
  [ -n "$p_now" ] && [ "$m_version" != absent ] || return 0
  p_now=${p_now#*=}
  if [ "${p_now% *}" != "$m_version" ]; then
    reset_note "the package $m_key was $m_version and is ${p_now% *}: older packages are not put back"
  fi
  case $m_hold${p_now#* } in
  hold-) hold_package "$m_key" ;;
  -hold) free_package "$m_key" ;;
  esac
}

# make_shared_paths: a package manager removes a directory with the last file of its own in it.
make_shared_paths() {
  for m_path in $shared_paths; do
    sed -nE "s|^path ([0-9 ]* $m_path)\$|\1|p" "$P_STATE/ledger/package-set/all/paths" 2>/dev/null || :
  done | while read -r m_mode m_uid m_gid m_path; do
    [ -e "$m_path" ] || mkdir "$m_path"
    set_mode "$m_mode" "$m_uid" "$m_gid" "$m_path"
  done
}

# note_accounts: packages' scripts make accounts, and most leave them.
note_accounts() {
  grep -qsx 'taken=before' "$P_STATE/ledger/baseline/system/meta" || return 0
  grep '^account ' "$P_STATE/ledger/baseline/system/content" >"$P_RUN/accounts" || :
  n_left=$({
    sed 's/^\([^:]*\):.*/account user \1/' /etc/passwd
    sed 's/^\([^:]*\):.*/account group \1/' /etc/group
  } | grep -vFxf "$P_RUN/accounts" | sed 's/^account //' | tr '\n' ',') || :
  [ -z "$n_left" ] || reset_note "accounts that packages made stay: $(printf '%s' "${n_left%,}" | sed 's/,/, /g')"
}
