# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- managed blocks ---------------------------------------------------------------
# The lines between "# provision:NAME begin" and "# provision:NAME end" of a file are ours, all others are not.

# block_is PATH NAME TEXT MODE: TEXT with its markers; empty where the block must not be there. A MODE that keeps others out is
# that of the file.
block_is() {
  ! a_link "$1" || return 2
  if [ -n "$3" ] && [ -f "$1" ] && ! open_mode "$4"; then [ "$(stat -c %a "$1")" = "$4" ] || return 1; fi
  if [ -f "$1" ]; then b_now=$(block_now "$1" "$2" "$3"); else b_now=''; fi
  [ "$b_now" = "$3" ]
}

a_link() {
  [ -L "$1" ] || return 1
  say "$1 is a symbolic link to $(readlink "$1"): not followed, since what it leads to may belong to something else"
}

# with_block PATH NAME TEXT [FILE]: prints the file as it should be: the block where it was, or at the end, in some files elsewhere. FILE: what is there is
# read from this copy.
with_block() {
  b_path=$1
  set -- "${4:-$1}" "$2" "$3"
  b_begin="/^# provision:$2 begin\$/" b_end="/^# provision:$2 end\$/"
  if [ ! -e "$1" ]; then
    case $b_path$3 in */dnf.conf?*) printf '[main]\n' || return 1 ;; esac
    [ -z "$3" ] || printf '%s\n' "$3"
    return
  fi
  case $b_path in
  */dnf.conf)
    with_main_block "$@"
    return
    ;;
  */hosts) hosts_lines rest "$@" >"$P_RUN/block.${P_TASK:-}.rest" && set -- "$P_RUN/block.${P_TASK:-}.rest" "$2" "$3" || return 1 ;;
  esac
  case $b_path in */dhcpcd.conf)
    [ -z "$3" ] || printf '%s\n' "$3" || return 1
    sed "$b_begin,${b_end}d" "$1"
    return
    ;;
  esac
  if grep -q "^# provision:$2 begin\$" "$1"; then
    sed "$b_begin,\$d" "$1" || return 1
    [ -z "$3" ] || printf '%s\n' "$3" || return 1
    sed "1,${b_end}d" "$1" | sed "$b_begin,${b_end}d"
  else
    cat "$1" || return 1
    [ -z "$(tail -c 1 "$1")" ] || echo || return 1
    [ -z "$3" ] || printf '%s\n' "$3"
  fi
}

# with_main_block FILE NAME TEXT: the block as the last of [main].
with_main_block() {
  b_rest=$P_RUN/block.${P_TASK:-}.rest
  # With a newline at its end, where it has none.
  (umask 077 && sed -e "/^# provision:$2 begin\$/,/^# provision:$2 end\$/d" -e "\$a\\" "$1" >"$b_rest") || return 1
  b_last=$(end_of_main "$b_rest")
  if [ -n "$3" ] && [ "$b_last" -eq 0 ]; then
    printf '[main]\n%s\n' "$3" && cat "$b_rest"
  elif [ -n "$3" ]; then
    head -n "$b_last" "$b_rest" && printf '%s\n' "$3" && tail -n "+$((b_last + 1))" "$b_rest"
  else
    cat "$b_rest"
  fi
}

# set_block PATH NAME TEXT MODE OWNER GROUP: the last three for a file that is made; a MODE that keeps others out for one that is
# there, too, and a text with a password has such a one. The rest of a file is never touched.
set_block() {
  ! a_link "$1" || return 1
  b_copy=$P_RUN/block.$P_TASK.was
  rm -f "$b_copy"
  if [ -e "$1" ]; then
    # Read once, so that it is one file that is judged and written again, whoever else may write in its directory.
    take_copy "$1" "$b_copy" || return 1
    b_begins=$(grep -c "^# provision:$2 begin\$" "$b_copy") || :
    b_ends=$(grep -c "^# provision:$2 end\$" "$b_copy") || :
    if [ "$b_begins" -ne "$b_ends" ]; then
      say "in $1 the block $2 begins $b_begins times and ends $b_ends times: put its markers right by hand"
      return 1
    fi
    b_mode=$(stat -c %a "$b_copy")
    if [ -n "$3" ] && ! open_mode "$4"; then b_mode=$4; fi
    # shellcheck disable=SC2046 # two words
    set -- "$1" "$2" "$3" "$b_mode" $(stat -c '%u %g' "$b_copy")
  fi
  case $3 in *password*[=:]*) ! open_mode "$4" || set -- "$1" "$2" "$3" 600 "$5" "$6" ;; esac
  ledger_file "$1" && with_block "$1" "$2" "$3" "$b_copy" >"$P_RUN/block.$P_TASK" &&
    write_file "$1" "$4" "$5" "$6" <"$P_RUN/block.$P_TASK" && rm -f "$P_RUN/block.$P_TASK" "$P_RUN/block.$P_TASK.rest" "$b_copy"
}

# edit_file PATH SED...: what sed makes of a file of others takes its place, with its owner and mode.
edit_file() {
  f_path=$1
  shift
  f_state=$(stat -c '%a %u %g' "$f_path") && ledger_file "$f_path" && (umask 077 && sed "$@" "$f_path" >"$P_RUN/edited.$P_TASK") || return 1
  # shellcheck disable=SC2086 # three words
  write_file "$f_path" $f_state <"$P_RUN/edited.$P_TASK" || return 1
  rm -f "$P_RUN/edited.$P_TASK"
}
