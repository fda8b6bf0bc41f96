# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- files out of archives ----------------------------------------------------------
# Beside each stands in $P_STATE/unpacked what it is, and its size and time: programs are too large to be read in every run.

unpacked_note() {
  entry_name "$1"
  printf '%s/unpacked/%s\n' "$P_STATE" "$R"
}

# unpacked_state PATH: prints what is noted as soon as it is there.
unpacked_state() { stat -c '%s %Y %a %U:%G' -- "$1" 2>/dev/null; }

# unpacked_is PATH WANTED MODE
unpacked_is() {
  case $(unpacked_state "$1") in *" $3 root:root") ;; *) return 1 ;; esac
  [ "$(cat "$(unpacked_note "$1")" 2>/dev/null)" = "$2 $(unpacked_state "$1")" ]
}

# is_unpacked PATH: there is one that we put there.
is_unpacked() { [ -e "$(unpacked_note "$1")" ]; }

# unpack_file PATH WANTED MODE SHA256 MEMBER URL...: from the first that gives what it should be. SHA256 may be empty.
unpack_file() {
  u_to=$1 u_wanted=$2 u_mode=$3 u_digest=$4 u_member=$5
  shift 5
  u_place=$P_DISK/unpack.$P_TASK
  rm -rf "$u_place" && (umask 077 && mkdir -p "$u_place") && u_url=$(first_archive "$@") || return 1
  say "taking $u_url"
  tar -xzf "$u_place/archive" -C "$u_place" "$u_member" && u_note=$(unpacked_note "$u_to") && rm -f "$u_note" &&
    write_file "$u_to" "$u_mode" root root <"$u_place/$u_member" && u_state=$(unpacked_state "$u_to") &&
    printf '%s %s\n' "$u_wanted" "$u_state" >"$u_place/note" && put_note "$u_note" <"$u_place/note" || return 1
  rm -rf "$u_place"
}

# first_archive URL...: prints which it was.
first_archive() {
  for a_url in "$@"; do
    if fetch_archive "$a_url"; then
      printf '%s\n' "$a_url"
      return 0
    fi
  done
  return 1
}

# fetch_archive URL: as a condition, so with every step's status looked at.
fetch_archive() {
  f_wanted=$u_digest
  if [ -z "$f_wanted" ]; then
    fetch "$1.sha256sum" "$u_place/digest" || return 1
    read -r f_wanted _ <"$u_place/digest" || :
    case $f_wanted in
    *[!0-9a-f]* | '')
      say "$1.sha256sum holds no SHA-256"
      return 1
      ;;
    esac
  fi
  fetch "$1" "$u_place/archive" || return 1
  f_digest=$(sha256sum <"$u_place/archive") || return 1
  [ "${f_digest%% *}" != "$f_wanted" ] || return 0
  say "$1 has SHA-256 ${f_digest%% *}, wanted $f_wanted"
  return 1
}

# remove_unpacked PATH: where it still is what we put there.
remove_unpacked() {
  u_note=$(unpacked_note "$1")
  u_noted=$(cat "$u_note") || return 1
  if [ "${u_noted#* }" = "$(unpacked_state "$1")" ]; then
    rm -f "$1" || return 1
  elif [ -e "$1" ]; then
    note "$1 was changed since, not by provision, and stays"
  fi
  rm -f "$u_note"
}
