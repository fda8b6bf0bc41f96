# Becoming root.

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
