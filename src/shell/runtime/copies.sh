# shellcheck shell=sh
# --- copies of what was there ---------------------------------------------------------

# is_copied DIRECTORY COPY...: one of these holds all that is in it now.
is_copied() {
  i_all=$1
  shift
  for i_copy in "$@"; do
    [ -d "$i_copy" ] || continue
    diff -rq "$i_all" "$i_copy" 2>&1 | grep -qv "^Only in ${i_copy}[:/]" || return 0
  done
  return 1
}

# free_name PATH: sets R to it, or to the first of PATH.2, PATH.3, ... where something is there already.
free_name() {
  R=$1 n_count=1
  while [ -e "$R" ] || [ -L "$R" ]; do
    n_count=$((n_count + 1))
    R=$1.$n_count
  done
}
