# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- completion of shells -------------------------------------------------------------
# Where shells look for files that no package brings, and read them only when they are needed. $P_STATE/completions says
# what they were made of: lines "FILE SHELL PROGRAM SIZE TIME", and "# FILE" for those that could not be made.

completion_file() {
  case $1 in
  bash) echo "/usr/local/share/bash-completion/completions/$2" ;;
  zsh) echo "/usr/local/share/zsh/site-functions/_$2" ;;
  fish) echo "/etc/fish/completions/$2.fish" ;;
  esac
}

# has_completion SHELL PROGRAM: a package or somebody else brought one.
has_completion() {
  case $1 in
  bash) [ -e "/usr/share/bash-completion/completions/$2" ] || [ -e "/etc/bash_completion.d/$2" ] ;;
  zsh) [ -e "/usr/share/zsh/vendor-completions/_$2" ] || [ -e "/usr/share/zsh/site-functions/_$2" ] ;;
  fish) [ -e "/usr/share/fish/vendor_completions.d/$2.fish" ] || [ -e "/usr/share/fish/completions/$2.fish" ] ;;
  esac
}

# wanted_completions PROGRAM...: lines, for the programs and shells that are there.
wanted_completions() {
  for c_program in "$@"; do
    c_path=$(command -v "$c_program") || continue
    c_state=$(stat -L -c '%s %Y' -- "$c_path") || continue
    for c_shell in bash zsh fish; do
      [ "$c_program $c_shell" != 'kubeadm fish' ] || continue # which it does not speak
      command -v "$c_shell" >/dev/null || continue
      has_completion "$c_shell" "$c_program" || echo "$(completion_file "$c_shell" "$c_program") $c_shell $c_program $c_state"
    done
  done
}

noted_completions() { cat "$P_STATE/completions" 2>/dev/null || :; }

# completions_are PROGRAM...
completions_are() {
  # A plan of a host that is no node yet: the first of them will have been installed by then.
  [ "$P_MODE" = apply ] || [ $# -eq 0 ] || command -v "$1" >/dev/null || return 1
  c_wanted=$(wanted_completions "$@")
  c_noted=$(noted_completions)
  [ "$(printf '%s\n' "$c_noted" | sed '/^# /d')" = "$c_wanted" ] || return 1
  printf '%s\n' "$c_noted" | while read -r c_file _; do
    case $c_file in
    '' | '#') continue ;;
    esac
    [ -e "$c_file" ] || case "$nl$c_noted$nl" in *"$nl# $c_file$nl"*) ;; *) return 1 ;; esac
  done
}

# write_completions PROGRAM...: and takes those away that are no longer wanted. Nothing here is worth failing for.
write_completions() {
  c_wanted=$(wanted_completions "$@")
  c_missing=''
  for c_file in $(noted_completions | sed -n 's/^\([^# ][^ ]*\) .*/\1/p'); do
    case "$nl$c_wanted" in *"$nl$c_file "*) continue ;; esac
    ! file_is_ours "$c_file" || rm -f "$c_file" || return 1
  done
  while read -r c_file c_shell c_program _; do
    [ -n "$c_file" ] || continue
    write_completion "$c_file" "$c_shell" "$c_program" || c_missing="$c_missing$nl# $c_file"
  done <<P_COMPLETIONS
$c_wanted
P_COMPLETIONS
  if [ -z "$c_wanted" ]; then
    rm -f "$P_STATE/completions"
  else
    printf '%s\n' "$c_wanted$c_missing" >"$P_RUN/completions" && put_note "$P_STATE/completions" <"$P_RUN/completions"
  fi
}

# write_completion FILE SHELL PROGRAM: as a condition, so with every step's status looked at.
write_completion() {
  [ ! -e "$1" ] || file_is_ours "$1" || return 1
  timeout 30 "$3" completion "$2" </dev/null >"$P_RUN/completion" || return 1
  [ -s "$P_RUN/completion" ] || return 1
  ledger_file "$1" && write_file "$1" 644 root root <"$P_RUN/completion"
}
