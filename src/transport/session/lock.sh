# The lock of a run.

# lock OPERATOR: takes the host, or tells who has it and when they last gave a sign of life.
lock() {
  mkdir -p "$RUNS"
  exec 9>>"$RUNS/session.lock"
  owner='' pid=''
  # The session of a controller that has just died may need a moment to notice.
  if flock -w 5 9; then
    read -r owner pid <"$RUNS/owner" 2>/dev/null
  else
    read -r owner pid <"$RUNS/owner" 2>/dev/null
    age=$(($(date +%s) - $(stat -c %Y "$RUNS/owner" 2>/dev/null || date +%s)))
    if { [ "$owner" = "$1" ] || [ "$age" -gt "$DEAD_SECONDS" ]; } && end_session "$pid" && flock -w 5 9; then
      [ "$owner" = "$1" ] || tell taken "${owner:--}" "$age"
    else
      exec 9>&-
      tell locked "${owner:--}" "$age"
      return
    fi
  fi
  # shellcheck disable=SC2034 # read by end.sh
  LOCKED=1
  [ "$owner" = "$1" ] || sweep
  printf '%s %s\n' "$1" "$$" >"$RUNS/owner"
  tell locked-ok
}

# end_session PID: only what really holds the lock is ended, not a process that has got an old pid by chance.
end_session() {
  [ -n "$1" ] && [ "$(readlink "/proc/$1/fd/9")" = "$RUNS/session.lock" ] && kill -KILL "$1"
}

# Removes the directories of runs whose programs are no more; on disk also what a power cut left.
sweep() {
  for alive in "$RUNS"/*/alive; do
    [ ! -e "$alive" ] || ! flock -n "$alive" true || rm -rf "${alive%/alive}"
  done
  for left in "$DISK"/*; do
    [ -e "$RUNS/${left##*/}" ] || rm -rf "$left"
  done
}
