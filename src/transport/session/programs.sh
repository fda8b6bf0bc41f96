# Programs: received, started, followed.

# receive ID SHA256 SIZE LOCK: reads the program's bytes, gzipped, from stdin (dd, since it reads no byte too many),
# starts it and follows it. Asked for again after a lost connection, it follows what it started before: of what comes for
# the second time nothing is looked at.
receive() {
  hold "$1"
  arriving=$RUNS/$1/arriving.$$
  # All is taken in whatever becomes of it: it must never be read as verbs.
  dd bs="$3" count=1 iflag=fullblock status=none | cat >"$arriving"
  if [ ! -e "$RUNS/$1/journal" ]; then
    sum=$(sha256sum <"$arriving")
    if [ "${sum%% *}" != "$2" ] || ! gzip -dc <"$arriving" >"$arriving.unpacked"; then
      rm -f "$arriving" "$arriving.unpacked"
      tell damaged "$1"
      return
    fi
  fi
  rm -f "$arriving"
  { launch "$1" "$4" "$arriving.unpacked" && follow "$1" 0; } 6>&- 9>&- &
  FOLLOWER=$!
}

# launch ID LOCK FILE: starts the program, which is in the file, detached, unless it has been started: the journal says
# so. Its locks are held by the shell around it and not by itself, so that no daemon it starts can hold them for ever.
launch() {
  exec 8>>"$RUNS/$1/alive"
  until flock -n 8; do
    [ ! -e "$RUNS/$1/journal" ] || break
    kill -0 "$$" 2>/dev/null || exit 1
    sleep 0.1
  done
  if [ -e "$RUNS/$1/journal" ]; then
    exec 8>&-
    rm -f "$3"
    return 0
  fi
  mv "$3" "$RUNS/$1/program"
  if [ "$2" = lock ]; then
    exec 7>>"$RUNS/program.lock"
    claim "$1" || return 1
    printf '%s\n' "$1" >"$RUNS/program.lock"
  fi
  : >>"$RUNS/$1/journal"
  # shellcheck disable=SC2016 # expanded by the inner shell
  setsid /bin/sh -c '"$@" 7>&- 8>&-; exit' program /bin/sh "$RUNS/$1/program" run \
    </dev/null >>"$RUNS/$1/journal" 2>/dev/null &
  exec 7>&- 8>&-
}

# claim ID: waits for the program lock. A program of an earlier run, whose controller died, is asked to stop
# after its task: two programs never change one host at the same time.
claim() {
  ! flock -w 1 7 || return 0
  read -r orphan <"$RUNS/program.lock"
  touch "$RUNS/${orphan:-none}/stop" 2>/dev/null
  tell orphan "$1" "${orphan:--}"
  waited=1
  until flock -w 5 7; do
    kill -0 "$$" 2>/dev/null || exit 1
    [ ! -e "$RUNS/$1/stop" ] || { tell stopped "$1"; return 1; }
    [ "$waited" -lt "$ORPHAN_SECONDS" ] || { tell busy "$1" "${orphan:--}"; return 1; }
    waited=$((waited + 5))
    tell waiting "$1" "$waited"
  done
  [ -z "$orphan" ] || remove_free "$orphan"
}

# follow ID OFFSET: the journal from there on, until the program is gone. Its lock says that it is,
# which works for a program that another session started as well and does not mistake one pid for another.
follow() {
  flock -s "$RUNS/$1/alive" true 2>/dev/null &
  waiter=$!
  printf '%%journal %s %s\n' "$1" "$2"
  tail -c "+$(($2 + 1))" -f -s 0.1 --pid="$waiter" "$RUNS/$1/journal" &
  tail=$!
  trap 'kill "$waiter" "$tail" 2>/dev/null; exit' TERM
  wait "$waiter"
  wait "$tail"
  tell gone "$1" "$(stat -c %s "$RUNS/$1/journal" 2>/dev/null || echo 0)"
}

# resume ID OFFSET: follows a program of a session that broke off.
resume() {
  # Looked at twice: between the two it may have been removed.
  if [ -e "$RUNS/$1/journal" ] && hold "$1" && [ -e "$RUNS/$1/journal" ]; then
    follow "$1" "$2" 6>&- 9>&- &
    # shellcheck disable=SC2034 # read by end.sh
    FOLLOWER=$!
  else
    tell unknown "$1"
  fi
}
