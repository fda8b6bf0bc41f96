# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- files --------------------------------------------------------------------

# file_is PATH MODE OWNER GROUP SHA256
file_is() {
  file_state "$1" || return 1
  [ "$R" = "$2 $3 $4 $5" ]
}

# file_is_ours PATH: whether what is there now is something that we wrote.
file_is_ours() {
  file_state "$1" || return 1
  f_digest=${R##* }
  entry_name "$1"
  grep -qsxFe "$f_digest" "$P_STATE/ledger/file/$R/written"
}

# file_is_one_of PATH MODE SHA256...: root's, and any of these.
file_is_one_of() {
  file_state "$1" || return 1
  case $R in "$2 root root "*) ;; *) return 1 ;; esac
  shift 2
  case " $* " in *" ${R##* } "*) ;; *) return 1 ;; esac
}

# logins_are PATH SHA256 REGISTRY...: a file that somebody else wrote is theirs, whatever is in it.
logins_are() {
  [ -e "$1" ] || return 1
  ! file_is "$1" 600 root root "$2" || return 0
  ! file_is_ours "$1" || return 1
  l_path=$1
  shift 2
  for l_host in "$@"; do
    grep -qsFe "\"$l_host\"" "$l_path" && continue
    note "$l_path is somebody else's and has no login at $l_host: left as it is; log in there by hand, or move it away"
  done
}

# write_file PATH MODE OWNER GROUP [SHA256]: stdin becomes the file, at once or not at all. Reads stdin. With a digest, what
# arrives must have it: the left side of a pipe may fail unnoticed (a full disk under a here-document).
# The pre-image must already be in the ledger. A temporary file that a crash left is taken over, not left lying.
write_file() {
  w_directory=${1%/*}
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    say "$1 is a directory"
    return 1
  fi
  [ -d "${w_directory:-/}" ] || mkdir -p "$w_directory"
  w_temporary=$w_directory/.${1##*/}.provision
  rm -f "$w_temporary"
  (umask 077 && set -C && cat >"$w_temporary") # never through a link that somebody put there
  w_digest=$(sha256sum <"$w_temporary")
  w_digest=${w_digest%% *}
  if [ "${5:-$w_digest}" != "$w_digest" ]; then
    say "$1 did not arrive whole"
    return 1
  fi
  chown "$3:$4" "$w_temporary"
  chmod "$2" "$w_temporary"
  ledger_written "$1" "$w_digest"
  sync "$w_temporary" ${R:+"$R"}
  mv -fT "$w_temporary" "$1"
  [ ! -e /sys/fs/selinux/enforce ] || restorecon -F "$1" || :
}

# diff_file PATH: what would change in it, new content on stdin. Reads stdin.
diff_file() {
  d_old=$1
  [ -e "$d_old" ] || d_old=/dev/null
  diff -u -L "$1" -L "$1" "$d_old" - || :
}

# setting NAME FILE: of kubeadm's configuration, whether its maps are written in lines or in braces. FILE may be - for stdin.
setting() { sed -n "s/.*\\<$1: *\"\{0,1\}\([^\" ,}]*\).*/\\1/p" "$2" | head -n 1; }
