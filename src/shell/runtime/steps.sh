# shellcheck shell=sh disable=SC2154,SC2034 # what the other parts set and use
# --- steps ----------------------------------------------------------------------

# supervise ID STAGE SECONDS COMMAND...: runs it in a session of its own, with the log as its output;
# the status is left in P_RC. Not a condition anywhere: errexit is off inside those.
supervise() {
  p_id=$1 p_stage=$2 p_limit=$3
  shift 3
  : >"$P_LOG"
  # At its end, wherever that is: the watchdog shortens one that grows too long.
  "$@" </dev/null >>"$P_LOG" 2>&1 3>&- &
  follow "$p_id" "$p_stage" "$!" "$p_limit"
}

# follow ID STAGE PID SECONDS: waits for it under the watchdog's eyes.
follow() {
  printf '%s %s\n' "$*" "$P_LOG" >"$P_RUN/current"
  wait "$3"
  P_RC=$?
  : >"$P_RUN/current"
  tell_notes "$1"
  [ -e "$P_RUN/timeout" ] || return 0
  end_group "$3"
  # A check has a limit of its own.
  [ "$2" = apply ] || fail "$1" timeout "$4"
  fail "$1" timeout "$4" "$(limit_of "$1")"
}

# fail ID STAGE CODE [LIMIT]: reports the last lines of the task's log, and ends the program. LIMIT: see limit_of.
fail() {
  {
    whole_log "$P_LOG"
    [ -z "${4:-}" ] || echo "given up after $3 s$4"
  } | tail -n 30 | cut_lines 600 | emit_stream log "$1"
  emit failed "$1" "$2" "$3"
  finish failed
}

# limit_of ID: prints where the time of this task is set, to be put behind it; nothing where that is nowhere.
limit_of() {
  eval "l_setting=\${${1}_limit:-}"
  [ -z "$l_setting" ] || printf ' (%s in the inventory)' "$l_setting"
}

# log_task ID: from here on what this shell prints goes to the log of the task, of which the beginning and the last are kept,
# $P_LOG_PART bytes of each: what a task prints must not fill /run. What the task leaves running may go on printing.
log_task() {
  l_log=$P_RUN/log.$1
  rm -f "$l_log.pipe"
  mkfifo "$l_log.pipe" && : >"$l_log.open" || return 0
  (keep_ends "$l_log" <"$l_log.pipe" &) # no child of the task, which may `wait` for all that it started
  exec >"$l_log.pipe" 2>&1
  rm -f "$l_log.pipe"
}

# keep_ends LOG: the beginning to stdout, the rest to LOG.1 (older) and LOG.2, each as it comes. Reads stdin.
keep_ends() {
  dd bs=65536 count="$P_LOG_PART" iflag=count_bytes status=none
  while dd bs=65536 count="$P_LOG_PART" iflag=count_bytes status=none >"$1.3" && [ -s "$1.3" ]; do
    [ ! -e "$1.2" ] || mv -f "$1.2" "$1.1"
    mv -f "$1.3" "$1.2"
  done
  rm -f "$1.open"
  cat >/dev/null # where there is no room for it: whoever prints is not ended for that
}

# whole_log LOG: what was kept of it, once all has come; what a task left running is not waited for.
whole_log() {
  l_tries=20
  while [ -e "$1.open" ] && [ "$l_tries" -gt 0 ]; do
    sleep 0.1
    l_tries=$((l_tries - 1))
  done
  for l_part in "$1" "$1.1" "$1.2" "$1.3"; do [ ! -e "$l_part" ] || cat "$l_part"; done
}

# check_step ID: sets P_DIFFERS to 1 where a change is to be made; whatever else the check finds is told here.
check_step() {
  P_TASK=$1 P_DIFFERS=0
  [ ! -e "$P_RUN/stop" ] || finish stopped
  supervise "$1" check "$P_CHECK_SECONDS" "${1}_check"
  case $P_RC in
  0)
    emit ok "$1"
    outputs "$1"
    return
    ;;
  1) ;;
  *) [ "$P_MODE$P_UNSURE" = check1 ] || fail "$1" check "$P_RC" ;;
  esac
  if [ "$P_MODE" = check ]; then would_change "$1"; else P_DIFFERS=1; fi
}

# step ID SECONDS [NEEDS]: one task. NEEDS: values from other hosts that its apply wants and has not got.
step() {
  check_step "$1"
  [ "$P_DIFFERS" = 1 ] || return 0
  if [ -n "${3:-}" ]; then
    emit need "$1" "$3"
    finish needs
  fi
  apply_step "$1" "$2"
}

apply_step() {
  emit start "$1"
  diff_step "$1"
  marks "$1" || fail "$1" apply 1
  P_SNAPSHOT=0
  P_LOG=$P_RUN/log.$1
  # shellcheck disable=SC2086 # a command
  supervise "$1" apply "$2" setsid $P_SH "$P_SELF" task "$1"
  [ "$P_RC" -eq 0 ] || fail "$1" apply "$P_RC"
  if [ -e "$P_RUN/reboot" ]; then
    emit changed "$1"
    finish reboot
  fi
  P_LOG=$P_RUN/log
  supervise "$1" recheck "$P_CHECK_SECONDS" "${1}_check"
  if [ "$P_RC" -ne 0 ]; then
    whole_log "$P_RUN/log.$1" >"$P_LOG.applied"
    cat "$P_LOG" >>"$P_LOG.applied"
    mv "$P_LOG.applied" "$P_LOG"
    fail "$1" recheck "$P_RC"
  fi
  rm -f "$P_RUN/log.$1" "$P_RUN/log.$1".*
  emit changed "$1"
  outputs "$1"
}

# start_step ID SECONDS / join_step ID SECONDS: a task whose apply runs while later tasks go on.
# Its failure is reported where it is joined. It must be something that may be ended at any time.
start_step() {
  check_step "$1"
  [ "$P_DIFFERS" = 1 ] || return 0
  emit start "$1"
  diff_step "$1"
  marks "$1" || fail "$1" apply 1
  P_SNAPSHOT=0
  # shellcheck disable=SC2086 # a command
  setsid $P_SH "$P_SELF" task "$1" </dev/null >"$P_RUN/log.$1" 2>&1 3>&- &
  printf '%s\n' "$!" >"$P_RUN/background.$1"
}

join_step() {
  [ -e "$P_RUN/background.$1" ] || return 0
  read -r p_pid <"$P_RUN/background.$1"
  P_LOG=$P_RUN/log.$1
  follow "$1" apply "$p_pid" "$2"
  rm -f "$P_RUN/background.$1"
  [ "$P_RC" -eq 0 ] || fail "$1" apply "$P_RC"
  P_LOG=$P_RUN/log
  supervise "$1" recheck "$P_CHECK_SECONDS" "${1}_check"
  [ "$P_RC" -eq 0 ] || fail "$1" recheck "$P_RC"
  rm -f "$P_RUN/log.$1" "$P_RUN/log.$1".*
  emit changed "$1"
  outputs "$1"
}

would_change() {
  diff_step "$1"
  case $P_RC in
  1) emit would-change "$1" ;;
  *) emit unknown "$1" ;;
  esac
  P_UNSURE=1
  eval "P_WOULD=\"$P_WOULD\${${1}_marks:-} \""
}

# diff_step ID: what a change would do to a file; of other tasks what the check that came just before said about why.
diff_step() {
  eval "p_diff=\${${1}_diff:-}"
  if [ -z "$p_diff" ]; then
    [ ! -s "$P_LOG" ] || tail -n 3 "$P_LOG" | cut_lines 400 | emit_stream diff "$1"
    return 0
  fi
  "$p_diff" </dev/null 2>/dev/null 3>&- | head -n 200 | cut_lines 400 >"$P_RUN/diff"
  emit_stream diff "$1" <"$P_RUN/diff"
}

# outputs ID: sends the values a task declares, each read by its function ID_output_NAME.
outputs() {
  [ "$P_MODE" = apply ] || return 0
  p_outputs=''
  eval "p_outputs=\${${1}_outputs:-}"
  for p_name in $p_outputs; do
    supervise "$1" output 60 read_output "${1}_output_$p_name"
    [ "$P_RC" -eq 0 ] || fail "$1" output "$P_RC"
    emit_stream output "$p_name" <"$P_RUN/value"
    rm -f "$P_RUN/value"
  done
}
read_output() { "$1" >"$P_RUN/value"; }
