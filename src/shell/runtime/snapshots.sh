# shellcheck shell=sh disable=SC2154,SC2034 # what the prelude sets, and what others read
# --- snapshots ----------------------------------------------------------------
# One process answers for all packages, units or files of a program. Valid until the first change.

prefetch_packages() { P_PACKAGES=$(query_packages "$@"); }
prefetch_units() { P_UNITS=$(query_units "$@"); }
prefetch_files() { P_FILES=$(query_files "$@"); }

# ask_ahead NAME WORD...: has a question answered while the first checks go on. What it says is in $P_RUN/NAME once it has
# said all of it; nothing is there where it has failed.
ask_ahead() {
  a_answer=$P_RUN/$1
  P_ASKED="$P_ASKED$1 "
  shift
  {
    ("$@") >"$a_answer.new" 2>/dev/null || : >"$a_answer.new"
    mv "$a_answer.new" "$a_answer"
  } &
}

# answered NAME: whether there is an answer, and nothing has changed since; waits for it, for a minute.
answered() {
  case $P_SNAPSHOT$P_ASKED in 1*" $1 "*) ;; *) return 1 ;; esac
  a_left=600
  while [ ! -e "$P_RUN/$1" ]; do
    [ "$a_left" -gt 0 ] || return 1
    a_left=$((a_left - 1))
    sleep 0.1
  done
  [ -s "$P_RUN/$1" ]
}

# lookup LISTING KEY: sets R to the value of the line "KEY=value"; empty and status 1 where there is none.
lookup() { line_after "$1" "$2="; }

# line_after LISTING START: sets R to the rest of the first line that begins so; empty and status 1 where none does. Line by
# line: for `${1#*START}` shells try every length of what they cut off, and that takes seconds for a hundred files.
line_after() {
  R='' q_found=1
  set -f
  IFS=$nl
  for q_line in $1; do
    case $q_line in "$2"*)
      R=${q_line#"$2"} q_found=0
      break
      ;;
    esac
  done
  unset IFS
  set +f
  return "$q_found"
}

# query_units UNIT...: lines "UNIT=LOAD ACTIVE FILESTATE NEEDRELOAD". systemctl answers in the order it is asked, and by the
# unit's own name where it was asked for an alias (sshd.service for ssh.service): so by place, not by name.
query_units() {
  systemctl show --property=LoadState,ActiveState,UnitFileState,NeedDaemonReload -- "$@" 2>/dev/null | {
    q_load='' q_active='' q_file='' q_reload=''
    while IFS='=' read -r q_key q_value; do
      case $q_key in
      LoadState) q_load=$q_value ;;
      ActiveState) q_active=$q_value ;;
      UnitFileState) q_file=$q_value ;;
      NeedDaemonReload) q_reload=$q_value ;;
      '')
        printf '%s=%s %s %s %s\n' "$1" "$q_load" "$q_active" "${q_file:--}" "$q_reload"
        q_load='' q_file=''
        shift
        ;;
      esac
    done
    [ -z "$q_load" ] || printf '%s=%s %s %s %s\n' "$1" "$q_load" "$q_active" "${q_file:--}" "$q_reload"
  }
}

# unit UNIT: sets R to "LOAD ACTIVE FILESTATE NEEDRELOAD". Full unit names only (docker.service).
unit() {
  if [ "$P_SNAPSHOT" = 1 ]; then lookup "$P_UNITS" "$1"; else lookup "$(query_units "$1")" "$1"; fi
}

# query_files PATH...: lines "PATH=MODE OWNER GROUP SHA256" of regular files. Paths hold no newline, = or backslash.
query_files() {
  {
    stat -c '%n=%a %U %G %F' -- "$@" || :
    echo '==='
    sha256sum -- "$@" || :
  } 2>/dev/null | awk '
    $0 == "===" { sums = 1; next }
    sums { digest[substr($0, 67)] = substr($0, 1, 64); next }
    { path = $0; sub(/=.*/, "", path); paths[++count] = path; state[path] = substr($0, length(path) + 2) }
    END {
      for (i = 1; i <= count; i++) {
        path = paths[i]
        print path "=" (sub(/ regular (empty )?file$/, "", state[path]) ? state[path] " " digest[path] : "- - -")
      }
    }'
}

# file_state PATH: sets R to "MODE OWNER GROUP SHA256"; status 1 where there is no such file.
file_state() {
  if [ "$P_SNAPSHOT" = 1 ]; then lookup "$P_FILES" "$1"; else lookup "$(query_files "$1")" "$1"; fi
}
