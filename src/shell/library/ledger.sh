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
  entry_name "$2"
  [ ! -d "$P_STATE/ledger/$1/$R" ] || return 0
  begin_entries "$1"
  add_entry "$@"
  save_entries
}

# begin_entries KIND, add_entry KIND KEY [NAME=VALUE...] as often as there is something, save_entries: several entries of one
# kind, for which the disk is waited for once.
begin_entries() {
  l_place=$P_STATE/ledger/$1
  if [ ! -d "$l_place" ]; then
    mkdir -p "$l_place"
    chmod 700 "$P_STATE" "$P_STATE/ledger"
  fi
  l_new=$P_STATE/ledger/.new.$$
  rm -rf "$l_new"
  mkdir -m 700 "$l_new"
  l_seq=0
  [ ! -e "$P_STATE/ledger/.seq" ] || read -r l_seq <"$P_STATE/ledger/.seq" || :
}

add_entry() {
  l_kind=$1 l_key=$2
  shift 2
  entry_name "$l_key"
  [ ! -d "$l_place/$R" ] || return 0
  l_entry=$l_new/$R
  mkdir -m 700 "$l_entry"
  case $l_kind in
  file) ledger_content ;;
  package-set)
    query_package_set >"$l_entry/content"
    list_shared_paths >"$l_entry/paths"
    ;;
  baseline) [ "$1" = taken=late ] || list_baseline >"$l_entry/content" ;;
  esac
  l_seq=$((l_seq + 1)) # two tasks side by side may get the same: neither came first
  printf '%s\n' "seq=$l_seq" "kind=$l_kind" "key=$l_key" "run=${P_RUN##*/}" "task=${P_TASK:-}" "$@" >>"$l_entry/meta"
}

save_entries() {
  printf '%s\n' "$l_seq" >"$P_STATE/ledger/.seq"
  set -- "$l_new"/*
  if [ -d "$1" ]; then
    sync "$l_new"/*/* "$@" "$P_STATE/ledger/.seq"
    mv "$@" "$l_place"
    sync "$l_place"
  fi
  rmdir "$l_new"
}

# entry_name KEY: sets R to the name of its directory.
entry_name() {
  R='' n_rest=$1
  while :; do
    n_head=${n_rest%%[%/]*}
    R=$R$n_head
    [ "$n_head" != "$n_rest" ] || return 0
    case ${n_rest#"$n_head"} in %*) R=$R%25 ;; *) R=$R%2F ;; esac
    n_rest=${n_rest#"$n_head"?}
  done
}

ledger_content() {
  if [ -L "$l_key" ]; then
    printf 'state=symlink\ntarget=%s\n' "$(readlink "$l_key")" >"$l_entry/meta"
  elif [ -f "$l_key" ]; then
    cp -p "$l_key" "$l_entry/content"
    stat --printf 'state=file\nmode=%a\nuid=%u\ngid=%g\n' "$l_key" >"$l_entry/meta"
  elif [ -d "$l_key" ]; then
    stat --printf 'state=directory\nmode=%a\nuid=%u\ngid=%g\n' "$l_key" >"$l_entry/meta"
  else
    # The first missing parent is ours to remove again.
    l_missing=$l_key
    while [ "${l_missing%/*}" != '' ] && [ ! -e "${l_missing%/*}" ]; do l_missing=${l_missing%/*}; done
    printf 'state=absent\ncreated=%s\n' "$l_missing" >"$l_entry/meta"
  fi
}

ledger_file() { ledger file "$1"; }

# ledger_written PATH DIGEST: we are about to put this there. All that we ever wrote is kept, so that what somebody else has
# changed since can be told from ours wherever a crash came in between. Sets R to a file that has to be on disk before;
# empty where there is none.
ledger_written() {
  entry_name "$1"
  R=$P_STATE/ledger/file/$R
  if [ ! -d "$R" ] || grep -qsxFe "$2" "$R/written"; then
    R=''
    return 0
  fi
  R=$R/written
  printf '%s\n' "$2" >>"$R"
}

# ledger_unit UNIT: enabled and active state. Leaves in R what `unit` says.
ledger_unit() {
  lookup "$(query_units "$1")" "$1" || R='not-found inactive - no'
  l_unit=$R
  # shellcheck disable=SC2086 # four words
  set -- "$1" $R
  ledger unit "$1" "load=$2" "active=$3" "enabled=$4"
  R=$l_unit
}

# ledger_packages SPEC...: version and hold, or absence.
ledger_packages() {
  ledger package-set all
  know_packages "$@"
  begin_entries package
  for l_package in "$@"; do
    l_package=${l_package%%=*}
    lookup "$P_PACKAGES" "$l_package" || R='absent -'
    add_entry package "$l_package" "version=${R% *}" "hold=${R#* }"
  done
  save_entries
}
