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
unset CDPATH ENV IFS
umask 022

nl='
'
P_SELF=$0
P_RUN=${P_SELF%/*}                       # the run directory: program, journal, logs; tmpfs, 0700
P_STATE=${P_STATE:-/var/lib/provision}   # survives reboots: the ledger
P_PENDING=${P_PENDING:-/run/provision/pending} # marks of restarts still owed; a reboot pays them all
P_LOG=$P_RUN/log
P_WOULD=' '  # ids of restarts that check mode found to be owed
P_UNSURE=0   # 1 once check mode reported a change: later checks may then be undecidable
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
  emit end "$@"
  rm -f "$P_SELF" # it can hold secrets
  exit 0
}

# --- steps ------------------------------------------------------------------

# begin: opens the journal and starts the watchdog. Called once, first.
begin() {
  exec 3>&1 >"$P_RUN/stray" 2>&1
  trap 'finish died' EXIT
  trap 'exit 143' TERM HUP INT
  emit begin "${P_TASKS:?}"
  [ "$P_MODE" = check ] || mkdir -p "$P_PENDING" "$P_STATE/ledger"
  watchdog &
  P_WATCHDOG=$!
}

# Enforces deadlines and shows signs of life: `current` holds "ID STAGE PID SECONDS" of what runs now.
watchdog() {
  trap - EXIT TERM HUP INT
  w_before='' w_age=0 w_beat=0
  while sleep 1 3>&-; do
    kill -0 "$$" 2>/dev/null || exit 0
    read -r w_now <"$P_RUN/current" 2>/dev/null || w_now=''
    if [ "$w_now" != "$w_before" ]; then w_before=$w_now w_age=0 w_beat=0; fi
    w_age=$((w_age + 1)) w_beat=$((w_beat + 1))
    [ -n "$w_now" ] || continue
    # shellcheck disable=SC2086 # four words, by our own hand
    set -- $w_now
    if [ "$w_beat" -ge 5 ]; then
      w_beat=0
      emit beat "$1" "$w_age" "$(tail -n 1 "$P_LOG" 2>/dev/null | tr -cd '[:print:]' | cut -c 1-200)"
    fi
    if [ "$w_age" -ge "$4" ]; then
      : >"$P_RUN/timeout"
      kill -TERM "-$3" 2>/dev/null || kill -TERM "$3" 2>/dev/null
      sleep 3 3>&-
      kill -KILL "-$3" 2>/dev/null || kill -KILL "$3" 2>/dev/null
    fi
  done
}

# supervise ID STAGE SECONDS COMMAND...: runs it in a session of its own, with the log as its output;
# the status is left in P_RC. Not a condition anywhere: errexit is off inside those.
supervise() {
  p_id=$1 p_stage=$2 p_limit=$3
  shift 3
  rm -f "$P_RUN/timeout"
  "$@" </dev/null >"$P_LOG" 2>&1 3>&- &
  printf '%s %s %s %s\n' "$p_id" "$p_stage" "$!" "$p_limit" >"$P_RUN/current"
  wait "$!"
  P_RC=$?
  : >"$P_RUN/current"
  if [ -e "$P_RUN/timeout" ]; then
    fail "$p_id" timeout "$p_limit"
  fi
}

# fail ID STAGE CODE: reports the last lines of the task's log, and ends the program.
fail() {
  tail -n 30 "$P_LOG" 2>/dev/null | cut -c 1-600 | emit_stream log "$1"
  emit failed "$1" "$2" "$3"
  finish failed
}

# step ID SECONDS [NEEDS]: one task. NEEDS: values from other hosts that its apply wants and has not got.
step() {
  P_TASK=$1
  [ ! -e "$P_RUN/stop" ] || finish stopped
  supervise "$1" check 120 "${1}_check"
  case $P_RC in
  0)
    emit ok "$1"
    outputs "$1"
    return
    ;;
  1) ;;
  *) [ "$P_MODE$P_UNSURE" = check1 ] || fail "$1" check "$P_RC" ;;
  esac
  if [ "$P_MODE" = check ]; then
    would_change "$1"
    return
  fi
  if [ -n "${3:-}" ]; then
    emit need "$1" "$3"
    finish needs
  fi
  apply_step "$1" "$2"
}

apply_step() {
  emit start "$1"
  diff_step "$1"
  marks "$1"
  P_SNAPSHOT=0
  supervise "$1" apply "$2" setsid /bin/sh "$P_SELF" task "$1"
  [ "$P_RC" -eq 0 ] || fail "$1" apply "$P_RC"
  if [ -e "$P_RUN/reboot" ]; then
    emit changed "$1"
    finish reboot
  fi
  cp "$P_LOG" "$P_LOG.applied"
  supervise "$1" recheck 120 "${1}_check"
  if [ "$P_RC" -ne 0 ]; then
    cat "$P_LOG" >>"$P_LOG.applied"
    mv "$P_LOG.applied" "$P_LOG"
    fail "$1" recheck "$P_RC"
  fi
  emit changed "$1"
  outputs "$1"
}

# start_step ID SECONDS / join_step ID: a task whose apply runs while later tasks go on.
# Its failure is reported where it is joined.
start_step() {
  P_TASK=$1
  [ ! -e "$P_RUN/stop" ] || finish stopped
  supervise "$1" check 120 "${1}_check"
  if [ "$P_RC" -eq 0 ]; then
    emit ok "$1"
  elif [ "$P_MODE" = check ]; then
    would_change "$1"
  else
    emit start "$1"
    P_SNAPSHOT=0
    setsid /bin/sh "$P_SELF" task "$1" </dev/null >"$P_RUN/log.$1" 2>&1 3>&- &
    printf '%s\n' "$!" >"$P_RUN/background.$1"
  fi
}

join_step() {
  [ -e "$P_RUN/background.$1" ] || return 0
  read -r p_pid <"$P_RUN/background.$1"
  rm -f "$P_RUN/background.$1" "$P_RUN/timeout"
  P_LOG=$P_RUN/log.$1
  printf '%s apply %s %s\n' "$1" "$p_pid" "$2" >"$P_RUN/current"
  wait "$p_pid"
  P_RC=$?
  : >"$P_RUN/current"
  [ ! -e "$P_RUN/timeout" ] || fail "$1" timeout "$2"
  [ "$P_RC" -eq 0 ] || fail "$1" apply "$P_RC"
  P_LOG=$P_RUN/log
  supervise "$1" recheck 120 "${1}_check"
  [ "$P_RC" -eq 0 ] || fail "$1" recheck "$P_RC"
  emit changed "$1"
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

# marks ID: notes the restarts this task's change will owe *before* it is applied, so that a program killed
# between the change and the restart is followed by one that restarts.
marks() {
  p_marks=''
  eval "p_marks=\${${1}_marks:-}"
  for p_mark in $p_marks; do : >"$P_PENDING/$p_mark"; done
}

# owed MARK: a restart (or reboot) is owed. settle MARK: it has been done.
owed() {
  case $P_WOULD in *" $1 "*) return 0 ;; esac
  [ -e "$P_PENDING/$1" ]
}
settle() { rm -f "$P_PENDING/$1"; }

diff_step() {
  eval "p_diff=\${${1}_diff:-}"
  [ -n "$p_diff" ] || return 0
  "$p_diff" </dev/null 2>/dev/null 3>&- | head -n 200 | cut -c 1-400 >"$P_RUN/diff"
  emit_stream diff "$1" <"$P_RUN/diff"
}

# outputs ID: sends the values a task declares, each read by its function ID_output_NAME.
outputs() {
  [ "$P_MODE" = apply ] || return 0
  p_outputs=''
  eval "p_outputs=\${${1}_outputs:-}"
  for p_name in $p_outputs; do
    "${1}_output_$p_name" </dev/null >"$P_RUN/value" 2>"$P_LOG" 3>&- || fail "$1" output "$?"
    emit_stream output "$p_name" <"$P_RUN/value"
    rm -f "$P_RUN/value"
  done
}

# request_reboot: the program ends after this task; whoever runs it reboots the host and starts it again.
request_reboot() { : >"$P_RUN/reboot"; }

say() { printf '%s\n' "$*" >&2; }

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

# --- snapshots ----------------------------------------------------------------
# One process answers for all packages, units or files of a program. Valid until the first change.

prefetch_packages() { P_PACKAGES=$nl$(query_packages "$@")$nl; }
prefetch_units() { P_UNITS=$nl$(query_units "$@")$nl; }
prefetch_files() { P_FILES=$nl$(query_files "$@")$nl; }

# lookup LISTING KEY: sets R to the value of the line "KEY=value"; empty and status 1 where there is none.
lookup() {
  case $1 in *"$nl$2="*) ;; *)
    R=''
    return 1
    ;;
  esac
  R=${1#*"$nl$2="}
  R=${R%%"$nl"*}
}

# query_packages NAME...: lines "NAME=VERSION HOLD"; no line where it is not installed. HOLD: hold or -.
# The distribution family is fixed when a program is compiled: P_FAMILY is debian or el.
query_packages() {
  if [ "$P_FAMILY" = debian ]; then
    # shellcheck disable=SC2016 # dpkg's fields, not the shell's
    dpkg-query -W -f '${Package} ${Version} ${db:Status-Want} ${db:Status-Status}\n' "$@" 2>/dev/null |
      while read -r q_name q_version q_want q_status; do
        [ "$q_status" = installed ] || continue
        [ "$q_want" = hold ] || q_want=-
        printf '%s=%s %s\n' "$q_name" "$q_version" "$q_want"
      done
  else
    rpm -q --qf '%{NAME}=%{EPOCHNUM}:%{VERSION}-%{RELEASE} -\n' "$@" 2>/dev/null | grep -v ' is not installed$'
  fi
}

# package NAME: sets R to "VERSION HOLD"; status 1 where it is not installed.
package() {
  if [ "$P_SNAPSHOT" = 1 ]; then lookup "$P_PACKAGES" "$1"; else lookup "$nl$(query_packages "$1")$nl" "$1"; fi
}

# query_units UNIT...: lines "UNIT=LOAD ACTIVE FILESTATE NEEDRELOAD".
query_units() {
  systemctl show --property=Id,LoadState,ActiveState,UnitFileState,NeedDaemonReload -- "$@" 2>/dev/null | {
    q_id='' q_load='' q_active='' q_file='' q_reload=''
    while IFS='=' read -r q_key q_value; do
      case $q_key in
      Id) q_id=$q_value ;;
      LoadState) q_load=$q_value ;;
      ActiveState) q_active=$q_value ;;
      UnitFileState) q_file=$q_value ;;
      NeedDaemonReload) q_reload=$q_value ;;
      '')
        printf '%s=%s %s %s %s\n' "$q_id" "$q_load" "$q_active" "${q_file:--}" "$q_reload"
        q_id=''
        ;;
      esac
    done
    [ -z "$q_id" ] || printf '%s=%s %s %s %s\n' "$q_id" "$q_load" "$q_active" "${q_file:--}" "$q_reload"
  }
}

# unit UNIT: sets R to "LOAD ACTIVE FILESTATE NEEDRELOAD". Full unit names only (docker.service).
unit() {
  if [ "$P_SNAPSHOT" = 1 ]; then lookup "$P_UNITS" "$1"; else lookup "$nl$(query_units "$1")$nl" "$1"; fi
}

# query_files PATH...: lines "PATH=MODE OWNER GROUP SHA256" of regular files. Paths hold no newline, = or backslash.
query_files() {
  q_sums=$nl$(sha256sum -- "$@" 2>/dev/null)$nl
  stat -c '%n=%a %U %G %F' -- "$@" 2>/dev/null | while IFS= read -r q_line; do
    q_path=${q_line%%=*}
    case $q_line in
    *' regular file' | *' regular empty file')
      q_sum=${q_sums%%"  $q_path$nl"*}
      q_line=${q_line% regular*file}
      printf '%s %s\n' "$q_line" "${q_sum##*"$nl"}"
      ;;
    *) printf '%s= - - -\n' "$q_path" ;;
    esac
  done
}

# file_state PATH: sets R to "MODE OWNER GROUP SHA256"; status 1 where there is no such file.
file_state() {
  if [ "$P_SNAPSHOT" = 1 ]; then lookup "$P_FILES" "$1"; else lookup "$nl$(query_files "$1")$nl" "$1"; fi
}

# --- files --------------------------------------------------------------------

# file_is PATH MODE OWNER GROUP SHA256
file_is() {
  file_state "$1" || return 1
  [ "$R" = "$2 $3 $4 $5" ]
}

# write_file PATH MODE OWNER GROUP: stdin becomes the file, at once or not at all. Reads stdin.
# The pre-image must already be in the ledger.
write_file() {
  w_directory=${1%/*}
  [ -d "${w_directory:-/}" ] || mkdir -p "$w_directory"
  w_temporary=$(mktemp "$w_directory/.provision.XXXXXX")
  cat >"$w_temporary"
  chown "$3:$4" "$w_temporary"
  chmod "$2" "$w_temporary"
  sync "$w_temporary"
  mv -f "$w_temporary" "$1"
}

# diff_file PATH: what would change in it, new content on stdin. Reads stdin.
diff_file() {
  d_old=$1
  [ -e "$d_old" ] || d_old=/dev/null
  diff -u -L "$1" -L "$1" "$d_old" - || :
}

# --- ledger -------------------------------------------------------------------
# What was there before we first changed it, one directory an entry:
#   $P_STATE/ledger/KIND/KEY/{meta,content}      KEY: the path or name with % and / as %25 and %2F
# meta holds lines name=value, always with seq (order of first touch), kind, key, run and task.
# First touch wins. An entry is complete and on disk before the change it stands for begins.

# ledger KIND KEY [NAME=VALUE...]: saves an entry unless there is one. With kind `file`, content and mode too.
ledger() {
  l_kind=$1 l_key=$2
  shift 2
  l_name=$(printf '%s' "$l_key" | sed 's/%/%25/g; s,/,%2F,g')
  l_entry=$P_STATE/ledger/$l_kind/$l_name
  [ ! -d "$l_entry" ] || return 0
  mkdir -p "$P_STATE/ledger/$l_kind"
  chmod 700 "$P_STATE" "$P_STATE/ledger"
  l_new=$P_STATE/ledger/.new.$$
  rm -rf "$l_new"
  mkdir -m 700 "$l_new"
  [ "$l_kind" != file ] || ledger_content
  l_seq=$(($(cat "$P_STATE/ledger/.seq" 2>/dev/null || echo 0) + 1))
  printf '%s\n' "$l_seq" >"$P_STATE/ledger/.seq"
  printf '%s\n' "seq=$l_seq" "kind=$l_kind" "key=$l_key" "run=${P_RUN##*/}" "task=${P_TASK:-}" "$@" >>"$l_new/meta"
  sync "$l_new"/* "$l_new"
  mv "$l_new" "$l_entry"
  sync "$P_STATE/ledger/$l_kind"
}

ledger_content() {
  if [ -L "$l_key" ]; then
    printf 'state=symlink\ntarget=%s\n' "$(readlink "$l_key")" >"$l_new/meta"
  elif [ -f "$l_key" ]; then
    cp -p "$l_key" "$l_new/content"
    stat --printf 'state=file\nmode=%a\nuid=%u\ngid=%g\n' "$l_key" >"$l_new/meta"
  elif [ -d "$l_key" ]; then
    stat --printf 'state=directory\nmode=%a\nuid=%u\ngid=%g\n' "$l_key" >"$l_new/meta"
  else
    # The first missing parent is ours to remove again.
    l_missing=$l_key
    while [ "${l_missing%/*}" != '' ] && [ ! -e "${l_missing%/*}" ]; do l_missing=${l_missing%/*}; done
    printf 'state=absent\ncreated=%s\n' "$l_missing" >"$l_new/meta"
  fi
}

ledger_file() { ledger file "$1"; }

# ledger_unit UNIT: enabled and active state.
ledger_unit() {
  lookup "$nl$(query_units "$1")$nl" "$1" || R='not-found inactive - no'
  # shellcheck disable=SC2086 # four words
  set -- "$1" $R
  ledger unit "$1" "load=$2" "active=$3" "enabled=$4"
}

# ledger_packages NAME...: version and hold, or absence.
ledger_packages() {
  l_installed=$nl$(query_packages "$@")$nl
  for l_package in "$@"; do
    lookup "$l_installed" "$l_package" || R='absent -'
    ledger package "$l_package" "version=${R% *}" "hold=${R#* }"
  done
}
