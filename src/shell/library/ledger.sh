# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- ledger -------------------------------------------------------------------
# What was there before we first changed it, one directory an entry:
#   $P_STATE/ledger/KIND/KEY/{meta,content}      KEY: the path or name with % and / as %25 and %2F
# meta holds lines name=value, always with seq (order of first touch), kind, key, run and task.
# First touch wins. An entry is complete and on disk before the change it stands for begins.

# ledger KIND KEY [NAME=VALUE...]: saves an entry unless there is one. With kind `file`, content and mode too; with kind
# `package-set` all packages there are, so that what came along with a package can be told from what was there, and the
# directories that packages may take with them.
ledger() {
  l_kind=$1 l_key=$2
  shift 2
  l_name=$(printf '%s' "$l_key" | sed 's/%/%25/g; s,/,%2F,g')
  l_entry=$P_STATE/ledger/$l_kind/$l_name
  [ ! -d "$l_entry" ] || return 0
  mkdir -p "$P_STATE/ledger/$l_kind"
  chmod 700 "$P_STATE" "$P_STATE/ledger"
  l_new=$P_STATE/ledger/.new.$$
  rm -rf "$l_new"
  mkdir -m 700 "$l_new"
  case $l_kind in
  file) ledger_content ;;
  package-set)
    query_package_set >"$l_new/content"
    list_shared_paths >"$l_new/paths"
    ;;
  baseline) [ "$1" = taken=late ] || list_baseline >"$l_new/content" ;;
  esac
  l_seq=$(($(cat "$P_STATE/ledger/.seq" 2>/dev/null || echo 0) + 1))
  printf '%s\n' "$l_seq" >"$P_STATE/ledger/.seq" # two tasks side by side may get the same: neither came first
  printf '%s\n' "seq=$l_seq" "kind=$l_kind" "key=$l_key" "run=${P_RUN##*/}" "task=${P_TASK:-}" "$@" >>"$l_new/meta"
  [ ! -f "$l_new/content" ] || sync "$l_new/content"
  sync "$l_new/meta" "$l_new" "$P_STATE/ledger/.seq"
  mv "$l_new" "$l_entry"
  sync "$P_STATE/ledger/$l_kind"
}

ledger_content() {
  if [ -L "$l_key" ]; then
    printf 'state=symlink\ntarget=%s\n' "$(readlink "$l_key")" >"$l_new/meta"
  elif [ -f "$l_key" ]; then
    cp -p "$l_key" "$l_new/content"
    stat --printf 'state=file\nmode=%a\nuid=%u\ngid=%g\n' "$l_key" >"$l_new/meta"
  elif [ -d "$l_key" ]; then
    stat --printf 'state=directory\nmode=%a\nuid=%u\ngid=%g\n' "$l_key" >"$l_new/meta"
  else
    # The first missing parent is ours to remove again.
    l_missing=$l_key
    while [ "${l_missing%/*}" != '' ] && [ ! -e "${l_missing%/*}" ]; do l_missing=${l_missing%/*}; done
    printf 'state=absent\ncreated=%s\n' "$l_missing" >"$l_new/meta"
  fi
}

ledger_file() { ledger file "$1"; }

# ledger_written PATH DIGEST: we are about to put this there. All that we ever wrote is kept, so that what somebody else has
# changed since can be told from ours wherever a crash came in between.
ledger_written() {
  l_entry=$P_STATE/ledger/file/$(printf '%s' "$1" | sed 's/%/%25/g; s,/,%2F,g')
  [ -d "$l_entry" ] || return 0
  ! grep -qsxFe "$2" "$l_entry/written" || return 0
  printf '%s\n' "$2" >>"$l_entry/written"
  sync "$l_entry/written"
}

# ledger_unit UNIT: enabled and active state.
ledger_unit() {
  lookup "$(query_units "$1")" "$1" || R='not-found inactive - no'
  # shellcheck disable=SC2086 # four words
  set -- "$1" $R
  ledger unit "$1" "load=$2" "active=$3" "enabled=$4"
}

# ledger_packages NAME...: version and hold, or absence.
ledger_packages() {
  ledger package-set all
  l_installed=$(query_packages "$@")
  for l_package in "$@"; do
    lookup "$l_installed" "$l_package" || R='absent -'
    ledger package "$l_package" "version=${R% *}" "hold=${R#* }"
  done
}
