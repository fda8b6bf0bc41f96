# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: our own state ------------------------------------------------------------------------

# list_state: what is left of ours. What is noted of packages that stay is needed for when they go.
list_state() {
  # The program's own beginning made these, should it have been the only one to need them.
  rmdir "$P_STATE/ledger" "$P_STATE" 2>/dev/null || :
  for s_each in "$P_STATE"/* "$P_STATE"/.[!.]*; do
    case $s_each in */ledger | *'*'*) ;; *) printf 'remove %s\n' "$s_each" ;; esac
  done
  for s_each in "$P_STATE"/ledger/* "$P_STATE"/ledger/.[!.]*; do
    case $s_each in */package | */package-set | *'*'*) ;; */.seq) [ -d "$P_STATE/ledger/package" ] || printf 'remove %s\n' "$s_each" ;; *) printf 'remove %s\n' "$s_each" ;; esac
  done
  for s_each in "$P_PENDING"/*; do [ ! -e "$s_each" ] || printf 'remove %s\n' "$s_each"; done
}

plan_state() { ! [ -e "$P_STATE" ] || printf 'remove %s\n' "$P_STATE"; }

remove_state() {
  if [ -e "$P_STATE/reset/notes" ]; then
    while IFS= read -r s_note; do note "$s_note"; done <"$P_STATE/reset/notes"
  fi
  if [ -e "$P_STATE/reset/directories" ]; then
    sort -r -u "$P_STATE/reset/directories" | while IFS= read -r s_directory; do rmdir "$s_directory" 2>/dev/null || :; done
  fi
  list_state >"$P_RUN/left"
  while read -r _ s_each; do
    case $s_each in "$P_STATE"/reset) ;; *) rm -rf -- "$s_each" ;; esac
  done <"$P_RUN/left"
  rm -rf -- "$P_STATE/reset" # last: what it holds is told again by whoever has to begin again
  rmdir "$P_STATE/ledger" "$P_STATE" 2>/dev/null || :
}
