# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: packages --------------------------------------------------------------------------

# our_packages: installed now, and absent before us.
our_packages() {
  for o_entry in "$P_STATE"/ledger/package/*/; do
    grep -qsx 'version=absent' "$o_entry/meta" || continue
    o_name=$(sed -n 's/^key=//p' "$o_entry/meta")
    [ -z "$(query_packages "$o_name")" ] || printf '%s\n' "$o_name"
  done
}

was_installed() { grep -qs "^$1=" "$P_STATE/ledger/package-set/all/content"; }

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
  packages_to_remove | sed 's/^/remove package /'
  removed_packages | sed 's/^/install package /; s/ [^ ]*$//'
  # shellcheck disable=SC2086 # paths without blanks
  ! concerned || list_files $package_paths
}

# removed_packages: "NAME VERSION" of what was there before us and is not any more.
removed_packages() {
  p_now=$nl$(query_package_set | sed 's/=.*//')$nl
  while IFS='=' read -r p_name p_version; do
    case $p_now in *"$nl$p_name$nl"*) ;; *) printf '%s %s\n' "$p_name" "${p_version% *}" ;; esac
  done <"$P_STATE/ledger/package-set/all/content"
}

put_back_packages() {
  [ -d "$P_STATE/ledger/package-set" ] || [ -d "$P_STATE/ledger/package" ] || return 0
  repair_packages
  p_remove=$(packages_to_remove)
  # shellcheck disable=SC2086 # names
  [ -z "$p_remove" ] || erase_packages $p_remove
  if [ -d "$P_STATE/ledger/package-set" ]; then
    removed_packages >"$P_RUN/removed"
    while read -r p_name p_version; do
      bring_package "$p_name" "$p_version" </dev/null ||
        reset_note "the package $p_name $p_version was here before us and cannot be had any more: install it again"
    done <"$P_RUN/removed"
  fi
  for p_entry in "$P_STATE"/ledger/package/*/; do
    [ -e "$p_entry/meta" ] || continue
    read_meta "${p_entry%/}"
    put_back_package
  done
  note_accounts
  # shellcheck disable=SC2086 # paths without blanks
  ! concerned || remove_files $package_paths
  make_shared_paths
  rm -rf "$P_STATE/ledger/package" "$P_STATE/ledger/package-set"
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
