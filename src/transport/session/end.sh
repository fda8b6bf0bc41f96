# The end of a session, wanted or not.

end_follower() { [ -z "$FOLLOWER" ] || kill "$FOLLOWER" 2>/dev/null; }

# bye: the controller is done, and needs nothing more of what is here. What still runs keeps its directory until it ends.
bye() {
  end_follower
  if [ -n "$HELD" ]; then
    rm -f "$HELD"
    exec 6>&-
    # shellcheck disable=SC2086 # words
    remove_free $IDS
  fi
  left=''
  for id in $IDS; do [ ! -e "$RUNS/$id" ] || left="$left $id"; done
  IDS=$left
  [ "$LOCKED" = 0 ] || rm -f "$RUNS/owner" "$RUNS/seen"
  rmdir "$RUNS" 2>/dev/null
  tell bye
  leave
}

# The controller is gone, perhaps for a moment. Programs go on. Unless it comes back, what it left here (a journal can
# hold a token) goes too, once the program has ended and nobody else holds it. Until then the janitor holds it; not where
# the host was locked, since whoever locks it next is to find it as it is.
leave() {
  trap '' TERM
  end_follower
  [ -n "$IDS" ] || exit 0
  rm -f "$HELD"
  for id in $IDS; do printf '%s\n' "$HELD" 2>/dev/null >"$RUNS/$id/abandoned"; done
  [ "$LOCKED" = 0 ] || exec 6>&-
  # shellcheck disable=SC2016,SC2086 # expanded by the inner shell; IDS is words
  setsid /bin/sh -c '
    runs=$1 by=$2 seconds=$3 disk=$4
    shift 4
    sleep "$seconds"
    exec 6>&-
    abandoned() { read -r who <"$runs/$1/abandoned" && [ "$who" = "$by" ]; }
    for id; do
      abandoned "$id" || continue
      flock "$runs/$id/alive" true
      {
        flock 5
        free=yes
        for lock in "$runs/$id/alive" "$runs/$id"/*.session; do flock -w 0.2 "$lock" true || free=no; done
        [ "$free" = no ] || ! abandoned "$id" || rm -rf "$runs/$id" "$disk/$id"
      } 5<"$runs"
    done
    rmdir "$runs"
  ' janitor "$RUNS" "$HELD" "$LOST_SECONDS" "$DISK" $IDS </dev/null >/dev/null 2>&1 9>&- &
  exit 0
}
