# shellcheck shell=sh disable=SC2154,SC2329 # what stands before it; functions that are called by name
# Calls words again and again on a disk that has no room, or lets nothing be written, and looks what they leave behind. Stands
# behind the library; in namespaces of its own, with a small disk as /etc. Prints what is wrong, a line each.
# D: a directory outside. Of each word N there are N_before, N_word and in N_free how many KiB free are none, or -.

try_words() {
  names=$(cat /etc/passwd) groups=$(cat /etc/group)
  awk=$(readlink -f "$(command -v awk)") # by way of /etc/alternatives
  ln -s "$awk" "$D/bin/awk"
  mount -t tmpfs -o size=640k tmpfs /etc || exit 2
  for n in "$@"; do try_word "$n"; done
}

# attempt HOW: never in a condition, in which errexit would be off. Sets said to yes where the word says that it is done.
attempt() {
  : >"$D/done"
  case $1 in
  statement) (
    set -eu
    "${n}_functions"
    "${n}_word"
    echo 'done' >&8
  ) 8>"$D/done" >"$D/out" 2>"$D/err" </dev/null ;;
  condition) (
    set -eu
    "${n}_functions"
    if "${n}_word"; then echo 'done' >&8; fi
  ) 8>"$D/done" >"$D/out" 2>"$D/err" </dev/null ;;
  pipe) (
    set -eu
    "${n}_functions"
    {
      "${n}_word"
      echo 'done' >&8
    } | cat
  ) 8>"$D/done" >"$D/out" 2>"$D/err" </dev/null ;;
  esac
  said=no
  [ ! -s "$D/done" ] || said=yes
}

clear_disk() {
  find /etc -mindepth 1 -delete
  [ ! -d "$D/saved" ] || cp -a "$D/saved/." /etc/
}

# seen FILE: all that there is, but for what goes with the run and what the next run removes.
seen() {
  (cd /etc && find . \( -path './run' -o -path './state/runs' -o -path './state/ledger/.new.*' -o -name filler -o -name .seq \) -prune -o \
    -type d -printf 'd  %p\n' -o -type f -exec sha256sum {} + -o -type l -printf '%l  %p\n') | sort >"$D/$1"
}

wrong() { echo "$n: $*: $(tail -n 1 "$D/err" | cut -c 1-200)"; }

# judge WHAT: nothing is lost, and nothing is half there.
judge() {
  seen now
  ! cmp -s "$D/now" "$D/was" || return 0
  sort -u "$D/was" "$D/becomes" >"$D/either"
  half=$(comm -23 "$D/now" "$D/either" | while read -r sum path; do
    # Where there was none, an empty one is no part of another.
    case $sum in e3b0c44298fc1c14*) grep -q "  $path\$" "$D/was" || continue ;; esac
    printf '%s ' "$path"
  done)
  [ -z "$half" ] || wrong "$1: half there: $half"
  # What was there is there, or what comes in its place.
  sed 's/.*  //' "$D/was" | while read -r path; do
    grep -q "  $path\$" "$D/now" || ! grep -q "  $path\$" "$D/becomes" || wrong "$1: lost: $path"
  done
}

try_word() {
  rm -rf "$D/saved"
  clear_disk
  printf '%s\n' "$names" >/etc/passwd
  printf '%s\n' "$groups" >/etc/group
  mkdir -p /etc/w /etc/run /etc/state/ledger /etc/pending
  (
    set -eu
    "${n}_functions"
    "${n}_before"
  ) >"$D/out" 2>"$D/err" || wrong 'what comes before fails'
  cp -a /etc "$D/saved"
  seen was
  attempt statement
  [ "$said" = yes ] || wrong 'fails with room'
  seen becomes
  cmp -s "$D/was" "$D/becomes" && wrong 'changes nothing'
  eval "none=\$${n}_free"
  for try in 'statement 0' 'pipe 0' 'condition 0' 'condition 8' 'condition 16'; do
    clear_disk
    free=${try#* }
    fallocate -l "$(($(stat -f -c '%a * %S' /etc) - free * 1024))" /etc/filler
    attempt "${try% *}"
    if [ "$said" = yes ]; then
      seen now
      cmp -s "$D/now" "$D/becomes" || wrong "$try KiB free: says that it is done, and is not"
      [ "$free" != "$none" ] || wrong "$try KiB free: says that it is done"
    else
      judge "$try KiB free"
    fi
    rm -f /etc/filler
  done
  for how in statement pipe condition; do
    clear_disk
    mount -o remount,ro /etc
    attempt "$how"
    [ "$said" = no ] || wrong "$how, read-only: says that it is done"
    judge "$how, read-only"
    mount -o remount,rw /etc
  done
}
