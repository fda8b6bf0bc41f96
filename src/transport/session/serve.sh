# Reading verbs. The last file: its last statement starts it all, so a script cut short does nothing.

serve() {
  unset SESSION_TEXT
  trap : PIPE # a closed channel is noticed by the next read, not by dying half-way
  trap leave TERM HUP INT
  hello
  while IFS= read -r line; do
    # shellcheck disable=SC2086 # words without spaces or wildcards
    set -- $line
    case ${1:-} in
    lock) lock "$2" "${3:-}" "${4:-}" ;;
    run) receive "$2" "$3" "$4" "$5" ;;
    follow) resume "$2" "$3" ;;
    stop) touch "$RUNS/$2/stop" ;;
    give) give "$2" "$3" "$4" ;;
    store) store "$2" "$3" "$4" "$5" ;;
    part) part "$2" "$3" "$4" ;;
    keep) keep "$2" ;;
    enough) end_follower ;;
    ping)
      sign_of_life
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

serve
