# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- deadlines ------------------------------------------------------------------

# Enforces deadlines and shows signs of life: `current` holds "ID STAGE PID SECONDS LOG" of what runs now.
watchdog() {
  trap - EXIT TERM HUP INT
  w_before='' w_age=0 w_beat=0
  while sleep 1 3>&-; do
    kill -0 "$$" 2>/dev/null || exit 0
    read -r w_now 2>/dev/null <"$P_RUN/current" || w_now=''
    if [ "$w_now" != "$w_before" ]; then w_before=$w_now w_age=0 w_beat=0; fi
    w_age=$((w_age + 1)) w_beat=$((w_beat + 1))
    [ -n "$w_now" ] || continue
    # shellcheck disable=SC2086 # five words, by our own hand
    set -- $w_now
    shorten_log "$5"
    # A value that is larger than any that is taken is not written to its end.
    [ "$(size_of "$P_RUN/value")" -le "$P_VALUE_MOST" ] || signal_all KILL "$3"
    if [ "$w_beat" -ge 5 ]; then
      w_beat=0
      emit beat "$1" "$w_age" "$(tail -n 1 "$5" 2>/dev/null | tr -cd '[:print:]' | cut_lines 200)"
    fi
    if [ "$w_age" -ge "$4" ]; then
      : >"$P_RUN/timeout"
      signal_all TERM "$3"
      sleep 3 3>&-
      signal_all KILL "$3"
    fi
  done
}

size_of() { stat -c %s "$1" 2>/dev/null || echo 0; }

# shorten_log LOG: to its last part. What checks and readers of values print goes there without a pipe between; what an apply
# prints goes by log_task.
shorten_log() {
  [ "$(size_of "$1")" -gt "$((4 * P_LOG_PART))" ] || return 0
  tail -c "$P_LOG_PART" "$1" >"$P_RUN/shortened"
  cat "$P_RUN/shortened" >"$1"
  rm -f "$P_RUN/shortened"
}

# signal_all SIGNAL PID: to the process group of an apply. A check has no group of its own, and nothing to lose: it is killed.
signal_all() { kill "-$1" "-$2" 2>/dev/null || kill_tree "$2"; }

# kill_tree PID: stopped first, so that it neither begins anything new nor ends before what is below it.
kill_tree() {
  kill -STOP "$1" 2>/dev/null || return 0
  # shellcheck disable=SC2046 # process ids
  set -- "$1" $(cat "/proc/$1/task/$1/children" 2>/dev/null)
  k_pid=$1
  shift
  for k_child in "$@"; do (kill_tree "$k_child"); done
  kill -KILL "$k_pid"
}

# end_group PID: returns when nothing of the group is left; what does not end when asked to is made to.
end_group() {
  e_tries=0
  while kill -0 "-$1" 2>/dev/null; do
    [ "$e_tries" -ne 30 ] || kill -KILL "-$1" 2>/dev/null
    [ "$e_tries" -lt 40 ] || return 0 # what is left are dead processes that nobody has buried
    e_tries=$((e_tries + 1))
    sleep 0.1
  done
}

# A program that does not come to its end ends what it runs in the background; the next run takes that up again.
end_background() {
  for e_file in "$P_RUN"/background.*; do
    [ -e "$e_file" ] || continue
    read -r e_pid <"$e_file"
    kill -TERM "-$e_pid" 2>/dev/null && end_group "$e_pid"
    rm -f "$e_file"
  done
}
