# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- reset: our own state ------------------------------------------------------------------------

# What may be the only copy of a cluster: archives, and what was moved aside for one.
kept_state='backups saved rebuild restore'

# is_kept NAME: one of those, with something in it.
is_kept() {
  case " $kept_state " in *" $1 "*) [ -n "$(ls -A "$P_STATE/$1" 2>/dev/null)" ] ;; *) return 1 ;; esac
}

# list_state: what is left of ours. What is noted of packages that stay is needed for when they go.
list_state() {
  # The program's own beginning made these, should it have been the only one to need them.
  rmdir "$P_STATE/runs" "$P_STATE/ledger" "$P_STATE" 2>/dev/null || :
  for s_each in "$P_STATE"/* "$P_STATE"/.[!.]*; do
    case $s_each in */ledger | */runs | *'*'*) continue ;; esac
    is_kept "${s_each##*/}" || printf 'remove %s\n' "$s_each" || return 1
  done
  for s_each in "$P_STATE"/ledger/* "$P_STATE"/ledger/.[!.]*; do
    case $s_each in */package | */package-set | *'*'*) ;; */.seq) [ -d "$P_STATE/ledger/package" ] || printf 'remove %s\n' "$s_each" ;; *) printf 'remove %s\n' "$s_each" ;; esac || return 1
  done
  for s_each in "$P_PENDING"/*; do [ ! -e "$s_each" ] || printf 'remove %s\n' "$s_each" || return 1; done
}

plan_state() { ! [ -e "$P_STATE" ] || printf 'remove %s\n' "$P_STATE"; }

remove_state() {
  if [ -e "$P_STATE/reset/notes" ]; then
    while IFS= read -r s_note; do note "$s_note" || return 1; done <"$P_STATE/reset/notes"
  fi
  if [ -e "$P_STATE/reset/directories" ]; then
    sort -r -u "$P_STATE/reset/directories" | while IFS= read -r s_directory; do rmdir "$s_directory" 2>/dev/null || :; done
  fi
  for s_each in $kept_state; do
    ! is_kept "$s_each" || note "kept, since it may be the only copy of a cluster: $P_STATE/$s_each"
  done
  for s_each in "$P_STATE"/held/*; do [ ! -e "$s_each" ] || release_unit "${s_each##*/}" || :; done
  # shellcheck disable=SC2046 # paths without blanks
  settled / /usr /etc /var /opt $(our_paths) || return 1
  # At once or not at all: half of it must not be taken for all there was.
  [ ! -d "$P_STATE/ledger/baseline/system" ] || forget_entry "$P_STATE/ledger/baseline/system" || return 1
  list_state >"$P_RUN/left" || return 1
  while read -r _ s_each; do
    case $s_each in "$P_STATE"/reset) ;; *) rm -rf -- "$s_each" || return 1 ;; esac
  done <"$P_RUN/left"
  rm -rf -- "$P_STATE/reset" || return 1 # last: what it holds is told again by whoever has to begin again
  rmdir "$P_STATE/runs" "$P_STATE/ledger" "$P_STATE" 2>/dev/null || :
}
