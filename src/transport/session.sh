# One host's session, as root for its whole journey: reads verbs, one a line, on stdin, runs programs detached
# and follows their journals. Sent by the bootstrap, see bootstrap.ts. POSIX sh only.
#
# stdout carries journals, byte for byte, each announced by a line `%journal ID OFFSET`;
# stderr carries answers, lines that begin with %. So an answer never lands in the middle of a journal's line.
#
# fd 9 is the session's lock, 7 the program lock, 8 a run's own lock: locks are the kernel's, so that a
# killed holder is never in the way, and no child that could outlive its parent gets one by accident.

LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
unset CDPATH ENV IFS
umask 077

RUNS=/run/provision
LOST_SECONDS=180   # a run whose controller stays away this long is nobody's: its directory goes when it ends
DEAD_SECONDS=60    # an owner that gave no sign of life for so long is dead
ORPHAN_SECONDS=900 # how long a program of an earlier run may take to reach the end of its task
FOLLOWER=''        # pid; a session runs one program after the other
IDS=''             # runs of this session
LOCKED=0

tell() { printf '%%%s\n' "$*" >&2; }

# --- becoming root ------------------------------------------------------------

# Only the password goes into sudo's stdin, so a sudo that asks for none cannot take it for a verb;
# the verbs come through a fifo. Nothing secret is on argv or in the environment.
become_root() {
  command -v sudo >/dev/null || { tell refused no-sudo; exit 1; }
  HOME_DIR=$(mktemp -d) || exit 1
  trap 'rm -rf "$HOME_DIR"; kill "$FEEDER" 2>/dev/null' EXIT
  trap 'exit 1' TERM HUP INT
  printf '%s\n' "$SESSION_TEXT" >"$HOME_DIR/session"
  mkfifo "$HOME_DIR/verbs" || exit 1
  exec 3<&0
  cat <&3 >"$HOME_DIR/verbs" &
  FEEDER=$!
  exec 3<&- </dev/null
  printf '%s\n' "$SESSION_PASSWORD" | sudo -S -p '' -- /bin/sh "$HOME_DIR/session" "$HOME_DIR"
}

# --- what the host is -----------------------------------------------------------

hello() (
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  init=$(cat /proc/1/comm)
  [ ! -d /run/systemd/system ] || init=systemd
  missing=''
  for tool in base64 dd flock fold setsid sha256sum stat tail; do
    command -v "$tool" >/dev/null || missing=$missing,$tool
  done
  tell hello v1 "id=${ID:-}" "like=$(printf '%s' "${ID_LIKE:-}" | tr ' ' ,)" "version=${VERSION_ID:-}" \
    "codename=${VERSION_CODENAME:-}" "arch=$(uname -m)" "init=$init" "boot=$(cat /proc/sys/kernel/random/boot_id)" \
    "hostname=$(uname -n)" "missing=${missing#,}" "time=$(date +%s.%N)"
)

# --- the lock of a run ----------------------------------------------------------

# lock OPERATOR: takes the host, or tells who has it and when they last gave a sign of life.
lock() {
  mkdir -p "$RUNS"
  exec 9>>"$RUNS/session.lock"
  owner='' pid=''
  if flock -n 9 || flock -w 1 9; then
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
  LOCKED=1
  [ "$owner" = "$1" ] || sweep
  printf '%s %s\n' "$1" "$$" >"$RUNS/owner"
  tell locked-ok
}

# end_session PID: only what really holds the lock is ended, not a process that has got an old pid by chance.
end_session() {
  [ -n "$1" ] && [ "$(readlink "/proc/$1/fd/9")" = "$RUNS/session.lock" ] && kill -KILL "$1"
}

# Removes the directories of runs whose programs are no more.
sweep() {
  for alive in "$RUNS"/*/alive; do
    [ ! -e "$alive" ] || ! flock -n "$alive" true || rm -rf "${alive%/alive}"
  done
}

# --- programs -------------------------------------------------------------------

# receive ID SHA256 SIZE LOCK: reads the program's bytes from stdin (dd, since it reads no byte too many),
# starts it and follows it. Asked for again after a lost connection, it follows what it started before.
receive() {
  directory=$RUNS/$1
  mkdir -p "$directory"
  dd bs="$3" count=1 iflag=fullblock status=none >"$directory/arriving"
  sum=$(sha256sum <"$directory/arriving")
  if [ "${sum%% *}" != "$2" ]; then
    rm -rf "$directory"
    tell damaged "$1"
    return
  fi
  remember "$1"
  if [ -e "$directory/journal" ]; then
    rm -f "$directory/arriving"
    follow "$1" 0 9>&- &
  else
    mv "$directory/arriving" "$directory/program"
    { launch "$1" "$4" && follow "$1" 0; } 9>&- &
  fi
  FOLLOWER=$!
}

remember() {
  rm -f "$RUNS/$1/abandoned"
  case "$IDS " in *" $1 "*) ;; *) IDS="$IDS $1" ;; esac
}

# launch ID LOCK: starts the program, detached. Its locks are held by the shell around it and not by
# itself, so that no daemon it starts can hold them for ever.
launch() {
  exec 8>>"$RUNS/$1/alive"
  flock 8
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
  [ -z "$orphan" ] || rm -rf "${RUNS:?}/$orphan"
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
  if [ -e "$RUNS/$1/journal" ]; then
    remember "$1"
    follow "$1" "$2" 9>&- &
    FOLLOWER=$!
  else
    tell unknown "$1"
  fi
}

# --- the end --------------------------------------------------------------------

end_follower() { [ -z "$FOLLOWER" ] || kill "$FOLLOWER" 2>/dev/null; }

# bye: the controller is done: what it started is over and needed no more.
bye() {
  end_follower
  for id in $IDS; do rm -rf "${RUNS:?}/$id"; done
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
    runs=$1 by=$2 seconds=$3
    shift 3
    sleep "$seconds"
    for id; do
      read -r who <"$runs/$id/abandoned" && [ "$who" = "$by" ] || continue
      flock "$runs/$id/alive" true
      read -r who <"$runs/$id/abandoned" && [ "$who" = "$by" ] && rm -rf "$runs/$id"
    done
    rmdir "$runs"
  ' janitor "$RUNS" "$$" "$LOST_SECONDS" $IDS </dev/null >/dev/null 2>&1 9>&- &
  exit 0
}

serve() {
  unset SESSION_PASSWORD SESSION_TEXT
  trap : PIPE # a closed channel is noticed by the next read, not by dying half-way
  trap leave TERM HUP INT
  hello
  while IFS= read -r line; do
    # shellcheck disable=SC2086 # words without spaces or wildcards
    set -- $line
    case ${1:-} in
    lock) lock "$2" ;;
    run) receive "$2" "$3" "$4" "$5" ;;
    follow) resume "$2" "$3" ;;
    stop) touch "$RUNS/$2/stop" ;;
    forget) rm -rf "${RUNS:?}/${2:?}" ;;
    ping)
      [ "$LOCKED" = 0 ] || touch -c "$RUNS/owner"
      tell pong
      ;;
    reboot)
      tell rebooting
      systemctl reboot </dev/null >&2
      ;;
    bye) bye ;;
    *) tell what "${1:-}" ;;
    esac
  done
  leave
}

if [ $# -gt 0 ]; then
  exec <"$1/verbs"
  rm -rf "$1"
  serve
elif [ "$(id -u)" = 0 ]; then
  serve
else
  become_root
fi
