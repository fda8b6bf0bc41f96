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

# ever_written PATH: whether we have ever put something there.
ever_written() {
  entry_name "$1"
  [ -s "$P_STATE/ledger/file/$R/written" ]
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
    note "$l_path was not written by provision and has no login at $l_host: left as it is; log in there by hand, or move it away"
  done
}

# --- places ---
# Where others than root may write, a name leads elsewhere from one moment to the next. So such a place is entered first,
# and what lies in it is then named from inside.

# enter DIRECTORY [make]: changes into it, and makes what is missing of it. A link on the way is followed only where nobody
# but root could have put it. For subshells: where it fails, the directory is any.
enter() {
  e_rest=${1#/}/ e_here=''
  cd / || return 1
  while [ -n "$e_rest" ]; do
    e_part=${e_rest%%/*} e_rest=${e_rest#*/}
    [ -n "$e_part" ] || continue
    if [ -L "./$e_part" ]; then
      if ! alone; then
        say "$1: $e_part is a symbolic link in a directory that others than root may write in: not followed"
        return 1
      fi
      cd -P "./$e_part" && e_here=$(readlink /proc/self/cwd) || return 1
      e_here=${e_here%/}
    else
      [ -z "${2:-}" ] || [ -d "./$e_part" ] || mkdir "./$e_part" || [ -d "./$e_part" ] || return 1
      cd -P "./$e_part" || return 1
      e_here=$e_here/$e_part
    fi
  done
  [ "$(readlink /proc/self/cwd)" = "${e_here:-/}" ] && return 0
  say "$1 was replaced while it was entered"
  return 1
}

# alone: whether nobody but root, or whoever runs this, may make or rename anything in the current directory.
alone() {
  [ -O . ] || return 1
  case $(stat -c %A .) in d????[!w]??[!w]*) ;; *) return 1 ;; esac
}

# parent PATH: sets R to the directory that it is in.
parent() {
  R=${1%/*}
  R=${R:-/}
}

# set_mode MODE OWNER GROUP PATH: of a directory, or of something that is no link in one of root's own.
set_mode() (
  if [ -d "$4" ]; then
    enter "$4" && chown "$2:$3" . && chmod "$1" .
    exit
  fi
  parent "$4"
  enter "$R" || exit 1
  if [ -L "./${4##*/}" ] || ! alone; then
    say "$4: its mode is not set, since it may be a link to something else"
    exit 1
  fi
  chown -h "$2:$3" "./${4##*/}" && chmod "$1" "./${4##*/}"
)

# make_directory PATH MODE OWNER GROUP
make_directory() (
  enter "$1" make && chown "$3:$4" . && chmod "$2" .
)

# remove_file PATH: also a link, never a directory; nothing is done where there is none.
remove_file() (
  parent "$1"
  [ -d "$R" ] || exit 0
  enter "$R" && rm -f "./${1##*/}"
)

# take_copy PATH FILE: a regular file with all that it is, as FILE in a directory of root's own; never through a link.
take_copy() (
  parent "$1"
  enter "$R" || exit 1
  if cp -a -T "./${1##*/}" "$2" && [ ! -L "$2" ] && [ -f "$2" ] && cmp -s "./${1##*/}" "$2"; then exit 0; fi
  rm -f "$2"
  say "$1 is no regular file, or was not copied whole"
  exit 1
)

# --- writing ---

# stage PATH: makes a directory beside PATH that only root can look into, and changes into it. There the file is made as
# `new`, and has its owner and its mode before anybody else can reach it. For subshells, at whose end it goes. One that a
# crash left is taken over.
stage() {
  if [ -d "$1" ] && [ ! -L "$1" ]; then
    say "$1 is a directory"
    return 1
  fi
  parent "$1"
  enter "$R" make || return 1
  s_stage=.${1##*/}.provision
  if [ -L "./$s_stage" ] || [ ! -d "./$s_stage" ]; then
    rm -f "./$s_stage" && mkdir -m 700 "./$s_stage" || return 1
  fi
  cd -P "./$s_stage" || return 1
  if ! [ -O . ] || [ "$(readlink /proc/self/cwd)" != "${e_here%/}/$s_stage" ]; then
    say "$1: beside it is $s_stage, which provision did not write"
    return 1
  fi
  trap 'rm -f ./new && cd .. && rmdir "./$s_stage"' EXIT
  chmod 700 . && rm -f ./new
}

# one_name PATH: of what is there. Another file in its place would part it from its other names, of which nobody would hear.
one_name() {
  o_old=../${1##*/}
  if [ -L "$o_old" ] || [ ! -f "$o_old" ]; then return 0; fi
  o_names=$(stat -c %h "$o_old") || return 1
  [ "$o_names" -gt 1 ] || return 0
  say "$1 has $o_names names (hard links), and the others would keep what is in it now: not replaced." \
    "Make it a file of its own (cp -p $1 $1.new && mv $1.new $1), or remove the other names"
  return 1
}

# keep_attributes PATH: makes `new` with the ACL and the extended attributes of the file that is there. Not with its
# capabilities: the kernel takes them away when new content comes.
keep_attributes() {
  k_old=../${1##*/}
  if [ -L "$k_old" ] || [ ! -f "$k_old" ]; then return 0; fi
  cp -a --attributes-only -T "$k_old" ./new && [ ! -L ./new ] && [ -f ./new ]
}

# publish PATH MODE OWNER GROUP [FILE]: with this owner and mode `new` takes its place. FILE is to be on disk before.
publish() { chown "$3:$4" ./new && chmod "$2" ./new && move_in "$1" "${5:-}"; }

# move_in PATH [FILE]: as publish, with the owner and the mode that `new` has.
move_in() {
  [ -L ./new ] || to_disk ./new ${2:+"$2"} || return 1
  mv -fT ./new "../${1##*/}" || return 1
  [ ! -e /sys/fs/selinux/enforce ] || restorecon -F "$1" || :
}

# write_file PATH MODE OWNER GROUP [SHA256]: stdin becomes the file, at once or not at all. Reads stdin. Without a digest
# stdin must be a file: the left side of a pipe, or a here-document on a full disk, may fail unnoticed.
# The pre-image must already be in the ledger. What is there keeps its ACL and extended attributes.
write_file() (
  if [ -z "${5:-}" ] && [ ! -f /proc/self/fd/0 ]; then
    say "$1: what comes through a pipe needs a digest"
    exit 1
  fi
  stage "$1" && one_name "$1" && keep_attributes "$1" && (umask 077 && cat >./new) && w_digest=$(sha256sum <./new) || exit 1
  w_digest=${w_digest%% *}
  if [ "${5:-$w_digest}" != "$w_digest" ]; then
    say "$1 did not arrive whole"
    exit 1
  fi
  ledger_written "$1" "$w_digest" && publish "$1" "$2" "$3" "$4" "$R"
)

# put_text PATH MODE OWNER GROUP TEXT: the text becomes the file.
put_text() {
  (umask 077 && printf '%s' "$5" >"$P_RUN/text.${P_TASK:-}") || return 1
  write_file "$1" "$2" "$3" "$4" <"$P_RUN/text.${P_TASK:-}" || return 1
  rm -f "$P_RUN/text.${P_TASK:-}"
}

# put_copy FILE PATH: a file with all that it is, its time, ACL and extended attributes too, takes the place of PATH.
put_copy() (
  stage "$2" && cp -a -T "$1" ./new && cmp -s "$1" ./new && move_in "$2"
)

# put_link PATH TARGET: a symbolic link takes its place.
put_link() (
  stage "$1" && ln -s "$2" ./new && move_in "$1"
)

# put_note FILE: stdin, a file, becomes a note of ours below $P_STATE, at once. Reads stdin.
put_note() { write_file "$1" 600 "$(id -u)" "$(id -g)"; }

# roots_file_is PATH FILE: whether PATH is root's, and what is in FILE is in it.
roots_file_is() {
  file_state "$1" || return 1
  case $R in *' root root '*) cmp -s "$2" "$1" ;; *) return 1 ;; esac
}

# open_mode MODE: whether others may read what has it.
open_mode() { case $1 in *[4567]) ;; *) return 1 ;; esac; }

# open_file PATH: whether others may read it.
open_file() { open_mode "$(stat -Lc %a "$1")"; }

# diff_file PATH [MODE]: what would change in it, new content on stdin; MODE: what it will have. Of a file that others may not
# read, before or after, no line is shown: what is in it may be a secret that nobody here knows. Reads stdin.
diff_file() {
  d_old=$1
  [ -e "$d_old" ] || d_old=/dev/null
  if open_file "$d_old" && open_mode "${2:-644}"; then
    diff -u -L "$1" -L "$1" "$d_old" - || :
  elif ! cmp -s "$d_old" -; then
    printf -- '--- %s\n+++ %s\nits lines are not shown: others may not read it\n' "$1" "$1"
  fi
}

# setting NAME FILE: of kubeadm's configuration, whether its maps are written in lines or in braces. FILE may be - for stdin.
setting() { sed -n "s/.*\\<$1: *\"\{0,1\}\([^\" ,}]*\).*/\\1/p" "$2" | head -n 1; }
