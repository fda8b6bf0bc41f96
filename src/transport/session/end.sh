# The end of a session, wanted or not.

end_follower() { [ -z "$FOLLOWER" ] || kill "$FOLLOWER" 2>/dev/null; }

remove_run() { rm -rf "${RUNS:?}/$1" "${DISK:?}/$1"; }

# bye: the controller is done: what it started is over and needed no more.
bye() {
  end_follower
  for id in $IDS; do remove_run "$id"; done
  [ "$LOCKED" = 0 ] || rm -f "$RUNS/owner"
  rmdir "$RUNS" 2>/dev/null
  tell bye
  exit 0
}

# The controller is gone, perhaps for a moment. Programs go on. Unless it comes back, what it left
# here (a journal can hold a token) goes too, once the program has ended.
leave() {
  trap '' TERM
  end_follower
  [ -n "$IDS" ] || exit 0
  for id in $IDS; do printf '%s\n' "$$" 2>/dev/null >"$RUNS/$id/abandoned"; done
  # shellcheck disable=SC2016,SC2086 # expanded by the inner shell; IDS is words
  setsid /bin/sh -c '
    runs=$1 by=$2 seconds=$3 disk=$4
    shift 4
    sleep "$seconds"
    for id; do
      read -r who <"$runs/$id/abandoned" && [ "$who" = "$by" ] || continue
      flock "$runs/$id/alive" true
      read -r who <"$runs/$id/abandoned" && [ "$who" = "$by" ] && rm -rf "$runs/$id" "$disk/$id"
    done
    rmdir "$runs"
  ' janitor "$RUNS" "$$" "$LOST_SECONDS" "$DISK" $IDS </dev/null >/dev/null 2>&1 9>&- &
  exit 0
}
