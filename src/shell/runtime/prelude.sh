# shellcheck shell=sh disable=SC2034 # what the library uses
# The runtime of every program: what the compiled tasks are written in terms of.
# POSIX sh only (dash, bash, busybox); no function here may read stdin unless it says so.
#
# A program sets before this: P_MODE (apply|check), P_NONCE (prefix of frames), P_TASKS (how many),
# and is called as `sh program run` (all tasks) or `sh program task ID` (one task's apply, by `step`).

LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
DEBIAN_FRONTEND=noninteractive
NEEDRESTART_MODE=l # Ubuntu's needrestart must neither ask nor restart services by itself
NEEDRESTART_SUSPEND=1
export LC_ALL PATH DEBIAN_FRONTEND NEEDRESTART_MODE NEEDRESTART_SUSPEND
unset CDPATH ENV IFS TMPDIR
umask 022

nl='
'
P_SELF=$0
P_RUN=${P_SELF%/*}                       # the run directory: program, journal, logs; tmpfs, 0700
P_STATE=${P_STATE:-/var/lib/provision}   # survives reboots: the ledger
P_DISK=$P_STATE/runs/${P_RUN##*/}        # for what is too large for memory; to be made 0700, gone with the run directory
P_PENDING=${P_PENDING:-/run/provision/pending} # marks of restarts still owed; a reboot pays them all
P_LOG=$P_RUN/log
P_SH=${P_SH:-/bin/sh}
P_LOG_PART=262144      # bytes of a log's beginning, and of its last, that are kept
P_VALUE_MOST=16777216  # bytes of a value; the controller takes fewer
P_CHECK_SECONDS=${P_CHECK_SECONDS:-120} # what a check may take
# shellcheck disable=SC2034 # bash keeps long here-documents there: they can hold secrets. Not exported: dpkg has other needs.
TMPDIR=$P_RUN
P_WOULD=' '  # ids of restarts that check mode found to be owed
P_UNSURE=0   # 1 once check mode reported a change: later checks may then be undecidable
P_BEGAN=''   # when the program began, in seconds since 1970
P_NOTES=0    # how many lines of notes have been told
P_ASKED=' '  # questions that are being answered ahead
P_SNAPSHOT=0 # 1 while the answers gathered by prefetch are still true

# --- frames -----------------------------------------------------------------

# Only emit writes to fd 3, the journal; one printf a frame, so frames of two processes never mix.
emit() { printf '@%s %s\n' "$P_NONCE" "$*" >&3; }

# emit_stream KIND ARG: stdin as base64 in frames of at most 700 characters. Reads stdin.
emit_stream() {
  base64 | tr -d '\n' | fold -w 700 | while IFS= read -r p_chunk || [ -n "$p_chunk" ]; do
    emit "$1" "$2" "$p_chunk"
  done
  emit "$1" "$2"
}

finish() {
  trap - EXIT
  [ -z "${P_WATCHDOG:-}" ] || kill "$P_WATCHDOG" 2>/dev/null
  end_background
  emit end "$@"
  rm -f "$P_SELF" # it can hold secrets
  exit 0
}

# --- program ------------------------------------------------------------------

# begin: opens the journal and starts the watchdog. Called once, first.
begin() {
  exec 3>&1 >"$P_RUN/stray" 2>&1
  trap 'finish died' EXIT
  trap 'exit 143' TERM HUP INT
  emit begin "${P_TASKS:?}"
  clock_jump >/dev/null
  P_BEGAN=${c_now%?????????}
  if [ "$P_MODE" = apply ]; then
    mkdir -p "$P_PENDING" "$P_STATE/ledger"
    # Entries that a crash left unfinished: what they stand for was not touched.
    for p_entry in "$P_STATE"/ledger/.new.*; do [ ! -e "$p_entry" ] || rm -rf "$p_entry"; done
  fi
  watchdog &
  P_WATCHDOG=$!
}

# clock_jump: by how many ms the clock has been set since the program began: what it gained on the time since boot.
clock_jump() {
  read -r c_up _ </proc/uptime
  c_now=$(date +%s%N)
  c_boot=$((${c_now%??????} - ${c_up%.*}${c_up#*.}0))
  [ -e "$P_RUN/clock" ] || printf '%s\n' "$c_boot" >"$P_RUN/clock"
  read -r c_then <"$P_RUN/clock"
  printf '%s\n' "$((c_boot - c_then))"
}

# since_boot: prints whole seconds. Waits are measured by it: the clock may be set at any time, by chrony in the same run.
since_boot() {
  read -r s_up _ </proc/uptime
  printf '%s\n' "${s_up%.*}"
}

# request_reboot: the program ends after this task; whoever runs it reboots the host and starts it again.
request_reboot() { printf '' >"$P_RUN/reboot"; }

# cut_lines BYTES: lines as far as they are to be told. A mark ends those that were cut: the controller, which takes secrets
# out, has to know that one may begin there. Reads stdin.
cut_lines() { awk -v most="$1" 'length($0) > most { $0 = substr($0, 1, most) "…" } { print }'; }

say() { printf '%s\n' "$*" >&2; }

# note TEXT: what the operator must be told although nothing failed, from a check or an apply. Told once a program, after
# the stage that noted it: only the program itself has the journal.
note() { n_text=$(printf '%s' "$*" | tr '\n' ' ') && printf '%s\n' "$n_text" >>"$P_RUN/notes"; }

# tell_notes ID: sends what has been noted since the last time.
tell_notes() {
  [ -s "$P_RUN/notes" ] || return 0
  n_all=$(wc -l <"$P_RUN/notes")
  sed -n "$((P_NOTES + 1)),$((P_NOTES + 100))p" "$P_RUN/notes" | cut_lines 1500 | while IFS= read -r n_line; do
    grep -Fxqe "$n_line" "$P_RUN/notes.told" 2>/dev/null && continue
    printf '%s\n' "$n_line" >>"$P_RUN/notes.told"
    printf '%s' "$n_line" | emit_stream note "$1"
  done
  P_NOTES=$n_all
}

# retry TIMES PAUSE COMMAND...: until it succeeds. The pause, in seconds, doubles.
retry() {
  r_left=$1 r_pause=$2
  shift 2
  while :; do
    "$@" && return 0
    r_status=$?
    r_left=$((r_left - 1))
    [ "$r_left" -gt 0 ] || return "$r_status"
    say "failed ($r_status); again in ${r_pause}s: $1"
    sleep "$r_pause"
    r_pause=$((r_pause * 2))
  done
}
