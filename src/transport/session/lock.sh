# The lock of a run.

UNFINISHED=/var/lib/provision/unfinished # the restore or rebuild that has not ended, as one word

# lock OPERATOR [PART [INSTEAD]]: takes the host, or tells who has it and how many seconds ago they last gave a sign of life.
# PART is the restore or rebuild that the run is a part of, or `any` where it may be beside one; an unfinished one keeps others
# out, but for those of the list INSTEAD, whose place PART takes.
lock() {
  mkdir -p "$RUNS"
  exec 9>>"$RUNS/session.lock"
  owner='' pid=''
  # The session of a controller that has just died may need a moment to notice.
  if flock -w 5 9; then
    read -r owner pid 2>/dev/null <"$RUNS/owner"
  else
    read -r owner pid 2>/dev/null <"$RUNS/owner"
    seen=''
    read -r seen 2>/dev/null <"$RUNS/seen"
    read -r up _ </proc/uptime
    age=$((${up%.*} - ${seen:-${up%.*}}))
    if { [ "$owner" = "$1" ] || [ "$age" -gt "$DEAD_SECONDS" ]; } && end_session "$pid" && flock -w 5 9; then
      [ "$owner" = "$1" ] || tell taken "${owner:--}" "$age"
    else
      exec 9>&-
      tell locked "${owner:--}" "$age"
      return
    fi
  fi
  if ! part_of "${2:-}" "${3:-}"; then
    exec 9>&-
    return
  fi
  LOCKED=1
  [ "$owner" = "$1" ] || sweep
  sign_of_life
  printf '%s %s\n' "$1" "$$" >"$RUNS/owner"
  tell locked-ok
}

# part_of PART INSTEAD: whether nothing unfinished is in the way. What is begun is on disk before anything is changed.
part_of() {
  unfinished=''
  if [ -e "$UNFINISHED" ]; then
    read -r unfinished <"$UNFINISHED"
    unfinished=${unfinished:--}
  fi
  case $1 in
  any | "$unfinished") return ;;
  esac
  if [ -n "$unfinished" ] && case ,$2, in *",$unfinished,"*) false ;; esac then
    tell unfinished "$unfinished"
    return 1
  fi
  if ! { mkdir -p "${UNFINISHED%/*}" && printf '%s\n' "$1" >"$UNFINISHED.new" && sync "$UNFINISHED.new" &&
    mv -fT "$UNFINISHED.new" "$UNFINISHED" && sync "${UNFINISHED%/*}"; } 2>/dev/null; then
    tell unnoted
    return 1
  fi
}

# By the time since boot: a clock that is set makes nobody dead.
sign_of_life() {
  [ "$LOCKED" = 1 ] || return 0
  read -r up _ </proc/uptime
  printf '%s\n' "${up%.*}" >"$RUNS/seen"
}

# end_session PID: only what really holds the lock is ended, not a process that has got an old pid by chance.
end_session() {
  [ -n "$1" ] && [ "$(readlink "/proc/$1/fd/9")" = "$RUNS/session.lock" ] && kill -KILL "$1"
}
