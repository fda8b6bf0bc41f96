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
  begin_entries "$1" && add_entry "$@" && save_entries
}

# begin_entries KIND, add_entry KIND KEY [NAME=VALUE...] as often as there is something, save_entries: several entries of one
# kind, for which the disk is waited for once.
begin_entries() {
  l_place=$P_STATE/ledger/$1
  if [ ! -d "$l_place" ]; then
    mkdir -p "$l_place" && chmod 700 "$P_STATE" "$P_STATE/ledger" || return 1
  fi
  l_new=$P_STATE/ledger/.new.$$
  rm -rf "$l_new" && mkdir -m 700 "$l_new" || return 1
  last_seq || return 1
  l_seq=$R
}

# last_seq: sets R to the number of the last entry. Where the note of it is damaged, the entries themselves tell.
last_seq() {
  R=''
  [ ! -e "$P_STATE/ledger/.seq" ] || read -r R <"$P_STATE/ledger/.seq" || :
  case $R in
  '' | 0?* | *[!0-9]*)
    R=$(cat "$P_STATE"/ledger/*/*/meta 2>/dev/null | sed -n 's/^seq=\([1-9][0-9]*\)$/\1/p' | sort -n | tail -n 1) || return 1
    R=${R:-0}
    ;;
  esac
}

add_entry() {
  l_kind=$1 l_key=$2
  shift 2
  entry_name "$l_key"
  [ ! -d "$l_place/$R" ] || return 0
  l_entry=$l_new/$R
  mkdir -m 700 "$l_entry" || return 1
  case $l_kind in
  file) ledger_content || return 1 ;;
  package-set)
    query_package_set >"$l_entry/content" || return 1
    list_shared_paths >"$l_entry/paths" || return 1
    ;;
  baseline) [ "$1" = taken=late ] || list_baseline >"$l_entry/content" || return 1 ;;
  esac
  l_seq=$((l_seq + 1)) # two tasks side by side may get the same: neither came first
  printf '%s\n' "seq=$l_seq" "kind=$l_kind" "key=$l_key" "run=${P_RUN##*/}" "task=${P_TASK:-}" "$@" >>"$l_entry/meta"
}

save_entries() {
  set -- "$l_new"/*
  if [ -d "$1" ]; then
    # Not beside the entries: there it would be taken for one.
    printf '%s\n' "$l_seq" >"$l_new/.seq" && to_disk "$l_new"/*/* "$@" "$l_new/.seq" &&
      mv -fT "$l_new/.seq" "$P_STATE/ledger/.seq" && mv "$@" "$l_place" && to_disk "$l_place" "$P_STATE/ledger" || return 1
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
    l_target=$(readlink "$l_key") && printf 'state=symlink\ntarget=%s\n' "$l_target" >"$l_entry/meta"
  elif [ -f "$l_key" ]; then
    take_copy "$l_key" "$l_entry/content" &&
      stat --printf 'state=file\nmode=%a\nuid=%u\ngid=%g\n' "$l_entry/content" >"$l_entry/meta"
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
  # A line that a full disk has cut stays one of its own.
  if [ -s "$R" ] && [ -n "$(tail -c 1 "$R")" ]; then printf '\n' >>"$R" || return 1; fi
  printf '%s\n' "$2" >>"$R"
}

# ledger_unit UNIT: enabled and active state. Leaves in R what `unit` says.
ledger_unit() {
  lookup "$(query_units "$1")" "$1" || R='not-found inactive - no'
  l_unit=$R
  # shellcheck disable=SC2086 # four words
  set -- "$1" $R
  ledger unit "$1" "load=$2" "active=$3" "enabled=$4" || return 1
  R=$l_unit
}

# ledger_packages SPEC...: version and hold, or absence.
ledger_packages() {
  ledger package-set all && know_packages "$@" && begin_entries package || return 1
  for l_package in "$@"; do
    l_package=${l_package%%=*}
    lookup "$P_PACKAGES" "$l_package" || R='absent -'
    add_entry package "$l_package" "version=${R% *}" "hold=${R#* }" || return 1
  done
  save_entries
}
