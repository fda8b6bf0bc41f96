# Files, one at a time and never beside a program: to the controller, and from it. Paths come as base64, one word each.

CHUNK=4194304 # bytes of a part; transfer.ts has the same number

# All that can take long runs in the background, so that signs of life are still answered.
STORE_PATH='' STORE_PART='' STORE_SIZE='' STORE_SUM=''

path_of() { printf '%s' "$1" | base64 -d; }

# give KEY OFFSET PATH: says how large the file is and which file it is, then sends it from the offset.
give() {
  end_follower
  give_file "$1" "$2" "$(path_of "$3")" 6>&- 9>&- &
  FOLLOWER=$!
}
give_file() {
  about=$([ -f "$3" ] && stat -L -c '%s %i.%Y' "$3") || { tell absent "$1"; return; }
  # shellcheck disable=SC2086 # two words
  tell file "$1" $about
  printf '%%journal %s %s\n' "$1" "$2"
  tail -c "+$(($2 + 1))" "$3" &
  tail=$!
  trap 'kill "$tail" 2>/dev/null; exit' TERM
  if ! wait "$tail" || [ "$about" != "$(stat -L -c '%s %i.%Y' "$3")" ]; then tell changed "$1"; fi
}

# store KEY SIZE SHA256 PATH: begins to take a file, or goes on with what an earlier attempt left of the same one.
store() {
  end_follower
  STORE_SIZE=$2 STORE_SUM=$3 STORE_PATH=$(path_of "$4")
  STORE_PART=${STORE_PATH%/*}/.${STORE_PATH##*/}.$(printf '%.16s' "$3").part
  # What lies on disk for a run is swept where there is no such run.
  case $STORE_PATH in
  "$DISK"/*/*)
    of=${STORE_PATH#"$DISK"/}
    hold "${of%%/*}"
    ;;
  esac
  begin_part "$1" 6>&- 9>&- &
  # shellcheck disable=SC2034 # read by end.sh
  FOLLOWER=$!
}
begin_part() {
  if [ "$(stat -c %s "$STORE_PATH" 2>/dev/null)" = "$STORE_SIZE" ] && is_sum "$1" "$STORE_PATH"; then
    tell kept "$1"
    return
  fi
  directory=${STORE_PATH%/*}
  mkdir -p "$directory" || { tell refused "$1"; return; }
  for other in "$directory/.${STORE_PATH##*/}".*.part; do [ "$other" = "$STORE_PART" ] || rm -f "$other"; done
  [ ! -L "$STORE_PART" ] || rm -f "$STORE_PART"
  : 2>/dev/null >>"$STORE_PART" || { tell refused "$1"; return; }
  there=$(stat -c %s "$STORE_PART")
  room=$(($(stat -f -c '%a * %S' "$directory")))
  if [ "$((STORE_SIZE - there))" -ge "$room" ]; then
    rm -f "$STORE_PART"
    tell full "$1" "$room"
  else
    tell has "$1" "$there"
  fi
}

# part KEY INDEX COUNT: reads COUNT bytes from stdin to their place. What a lost session still writes is the same bytes in
# the same place. The first dd takes them all in whatever becomes of the second: they must never be read as verbs.
part() {
  if dd bs="$3" count=1 iflag=fullblock status=none |
    dd ibs="$3" obs="$CHUNK" seek="$2" iflag=fullblock conv=notrunc status=none of="$STORE_PART" 2>/dev/null; then
    tell has "$1" "$(($2 * CHUNK + $3))"
  else
    tell full "$1" 0
  fi
}

# keep KEY: all has come: the file takes its place if it is the right one.
keep() {
  end_follower
  end_part "$1" 6>&- 9>&- &
  # shellcheck disable=SC2034 # read by end.sh
  FOLLOWER=$!
}
end_part() {
  if is_sum "$1" "$STORE_PART" && chmod 0600 "$STORE_PART" && sync "$STORE_PART" &&
    mv -fT "$STORE_PART" "$STORE_PATH" && sync "${STORE_PATH%/*}"; then
    tell kept "$1"
  else
    rm -f "$STORE_PART"
    tell damaged "$1"
  fi
}

# is_sum KEY FILE: has the file the announced digest? Says now and then that it is still at it.
is_sum() {
  while sleep 10 >/dev/null 2>&1; do tell checking "$1"; done &
  beat=$!
  sum=$(sha256sum <"$2")
  kill "$beat" 2>/dev/null
  [ "${sum%% *}" = "$STORE_SUM" ]
}
