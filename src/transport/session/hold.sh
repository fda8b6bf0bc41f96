# Whoever uses a run's directory holds it, so that nobody removes what is in use: the program by the lock on `alive`, a
# session by a file that it has locked and that has a name in each of its directories. Locks belong to files and not to
# names, so one descriptor is enough for all of them, and is let go of however the session ends.

# hold ID: makes the directory where it is not there, and has it be this session's, too.
hold() {
  # The last one to go may have removed all of $RUNS just now.
  take_hold "$1" || take_hold "$1" || return 1
  case "$IDS " in *" $1 "*) ;; *) IDS="$IDS $1" ;; esac
}
take_hold() {
  mkdir -p "$RUNS" && {
    flock -s 5 || return 1
    if [ -z "$HELD" ]; then
      read -r up _ </proc/uptime
      HELD=$RUNS/$$-$up.session # like no other of this boot
      true >"$HELD" || { HELD=''; return 1; }
      exec 6>"$HELD"
      flock -s 6
    fi
    mkdir -p "$RUNS/$1" && ln -f "$HELD" "$RUNS/$1/${HELD##*/}" || return 1
    # A janitor has it no more, which held it for whoever came back.
    read -r by 2>/dev/null <"$RUNS/$1/abandoned" && rm -f "$RUNS/$1/${by##*/}" "$RUNS/$1/abandoned"
    return 0
  } 5<"$RUNS"
}

# is_held DIRECTORY: by its program or by a session, this one included. Who only looks whether a lock is free has it for
# a moment, too.
is_held() {
  for lock in "$1/alive" "$1"/*.session; do
    [ ! -e "$lock" ] || flock -w 0.2 "$lock" true || return 0
  done
  return 1
}

# remove_free ID...: the directories that nobody holds.
remove_free() {
  {
    flock 5
    for id; do is_held "$RUNS/$id" || rm -rf "${RUNS:?}/$id" "${DISK:?}/$id"; done
  } 5<"$RUNS"
}

# sweep: removes what is left of earlier runs and held by nobody; on disk also what a power cut left.
sweep() {
  {
    flock 5
    for lock in "$RUNS"/*/alive "$RUNS"/*/*.session; do
      [ ! -e "$lock" ] || is_held "${lock%/*}" || rm -rf "${lock%/*}"
    done
    for left in "$DISK"/*; do [ -e "$RUNS/${left##*/}" ] || rm -rf "$left"; done
    for lock in "$RUNS"/*.session; do [ ! -e "$lock" ] || flock -n "$lock" rm -f "$lock"; done
  } 5<"$RUNS"
}
