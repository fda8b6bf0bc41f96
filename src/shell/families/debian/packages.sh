# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- packages (apt) -------------------------------------------------------------

holds_are_ours() { :; }

# while_locked COMMAND...: repeats it for as long as another apt or dpkg has a lock, for P_LOCK_SECONDS in all. Of apt's locks only dpkg's own
# can be waited for by an option; that of the lists and that of fetched packages are given up at once, as dpkg gives up its
# own, and debconf its database.
while_locked() {
  w_left=${w_left:-${P_LOCK_SECONDS:-300}}
  while :; do
    w_status=0
    "$@" 2>"$P_RUN/locked.${P_TASK:-}" || w_status=$?
    cat "$P_RUN/locked.${P_TASK:-}" >&2
    [ "$w_status" -ne 0 ] || return 0
    grep -qE '^E: Could not get lock|(is|was) locked by another process' "$P_RUN/locked.${P_TASK:-}" || return "$w_status"
    if [ "$w_left" -le 0 ]; then
      say "another apt or dpkg has had its lock for ${P_LOCK_SECONDS:-300} s (timeouts.ready in the inventory): wait for it to end, or end it"
      return "$w_status"
    fi
    say 'waiting for another apt or dpkg to end'
    sleep 3
    w_left=$((w_left - 3))
  done
}

# Quiet, no questions, the operator's configuration files kept, and patient with whoever else uses apt.
apt_get() {
  while_locked apt-get -y -q -o DPkg::Lock::Timeout="${P_LOCK_SECONDS:-300}" -o Dpkg::Use-Pty=0 -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold --no-install-recommends "$@"
}

# By default a list that cannot be fetched is no failure.
apt_update() { retry 5 2 apt_get update -o APT::Update::Error-Mode=any "$@"; }

# A dpkg that was killed half-way refuses everything until it is told to finish.
apt_repair() {
  a_broken=$(dpkg --audit 2>&1; ls /var/lib/dpkg/updates 2>/dev/null) || :
  [ -n "$a_broken" ] || return 0
  say 'an earlier dpkg did not finish: finishing it'
  while_locked dpkg --force-confdef --force-confold --configure -a
}

# apt_candidate NAME PATTERN: prints the newest version that fits, of those in the lists; nothing where none does. In a plan
# apt keeps nothing of what it read.
apt_candidate() {
  a_keep=''
  [ "$P_MODE" != check ] || a_keep='-o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache='
  # shellcheck disable=SC2086 # options
  apt-cache $a_keep madison "$1" | while read -r c_name _ c_version _; do
    if [ "$c_name" = "$1" ] && version_is "$c_version" "$2"; then
      printf '%s\n' "$c_version"
      break
    fi
  done
}

# apt_resolve SPEC...: sets A_INSTALL to the words for apt-get; status 1 and A_MISSING where the lists lack one.
apt_resolve() {
  A_INSTALL='' A_MISSING=''
  for a_spec in "$@"; do
    case $a_spec in
    *=*)
      a_version=$(apt_candidate "${a_spec%%=*}" "${a_spec#*=}")
      [ -n "$a_version" ] || A_MISSING=$a_spec
      A_INSTALL="$A_INSTALL ${a_spec%%=*}=$a_version"
      ;;
    *) A_INSTALL="$A_INSTALL $a_spec" ;;
    esac
  done
  [ -z "$A_MISSING" ]
}

# install_packages HOLD FROM SPEC...: those that are not so yet, in one transaction; FROM is the repository that has them, or -.
install_packages() {
  i_hold=$1 i_from=$2
  shift 2
  ledger_packages "$@" || return 1
  i_names='' i_wanted='' i_pinned=''
  for i_spec in "$@"; do
    i_names="$i_names ${i_spec%%=*}"
    package_is any "$i_spec" || i_wanted="$i_wanted $i_spec"
    case $i_spec in *=*) i_pinned='--allow-downgrades --allow-change-held-packages' ;; esac
  done
  # shellcheck disable=SC2086 # lists of words
  {
    [ -z "$i_wanted" ] || apt_install "$i_from" "$i_pinned" $i_wanted || return 1
    case $i_hold in
    hold) while_locked select_packages hold $i_names ;;
    free) while_locked select_packages install $i_names ;;
    esac
  }
}

# select_packages hold|install NAME...: apt-mark would read the lists of all repositories for it.
select_packages() {
  s_selection=$1
  shift
  printf "%s $s_selection\n" "$@" | dpkg --set-selections
}

# apt_put WORD...: installs. What is in the way apt would remove without a word, a runtime for instance: it may not. Only of
# another time daemon chrony takes the place.
apt_put() {
  case " $* " in
  *' chrony '*) if only_time_daemons_go "$@"; then apt_get install "$@"; else apt_get install --no-remove "$@"; fi ;;
  *) apt_get install --no-remove "$@" ;;
  esac
}

# only_time_daemons_go WORD...: whether to install them removes such and nothing else. Where none is here nobody has to ask.
only_time_daemons_go() {
  # shellcheck disable=SC2016 # of dpkg-query
  g_daemons=$nl$(dpkg-query -W -f '${db:Status-Abbrev}${Package} ${Provides}\n' | sed -n 's/^.i[^ ]* *\([^ ]*\) .*time-daemon.*/\1/p')$nl
  [ "$g_daemons" != "$nl$nl" ] && g_tried=$(apt_get -s install "$@") || return 1
  for g_name in $(printf '%s\n' "$g_tried" | sed -n 's/^Remv \([^ :]*\).*/\1/p'); do
    case $g_daemons in *"$nl$g_name$nl"*) ;; *) return 1 ;; esac
  done
}

# apt_install FROM OPTIONS SPEC...: the lists are fetched only where they lack something or are out of date.
apt_install() {
  i_from=$1 i_options=$2
  shift 2
  apt_repair || return 1
  if [ "$i_from" != - ]; then
    ! apt_install_from "$i_from" "$i_options" "$@" || return 0
    say "the repository $i_from alone does not do: trying with all of them"
  fi
  i_fresh=0
  if ! apt_resolve "$@"; then
    renew_mirrors
    refresh_lists
    i_fresh=1
    if ! apt_resolve "$@"; then
      say "no repository has $A_MISSING; versions there are:"
      apt-cache madison "${A_MISSING%%=*}" >&2
      return 1
    fi
  fi
  # shellcheck disable=SC2086 # lists of words
  if ! apt_put $i_options $A_INSTALL; then
    [ "$i_fresh" = 0 ] || return 1
    say 'fetching the package lists and trying once more'
    renew_mirrors
    refresh_lists
    apt_resolve "$@" || say "no repository has $A_MISSING"
    apt_repair && apt_put $i_options $A_INSTALL
  fi
}

# apt_install_from REPOSITORY OPTIONS SPEC...: by its lists alone; reading those of all others is most of what apt does. What
# it has of all of them in its caches stays as it is.
apt_install_from() (
  printf '%s "%s";\n' Dir::Etc::sourcelist "/etc/apt/sources.list.d/$1.sources" Dir::Etc::sourceparts /dev/null \
    Dir::Cache::pkgcache '' Dir::Cache::srcpkgcache '' >"$P_RUN/apt.conf" || exit 1
  export APT_CONFIG="$P_RUN/apt.conf"
  i_options=$2
  shift 2
  # shellcheck disable=SC2086 # lists of words
  apt_resolve "$@" && apt_put $i_options $A_INSTALL
)

remove_packages() {
  ledger_packages "$@" && apt_repair && apt_get remove --allow-change-held-packages "$@"
}

# --- repositories (apt) -----------------------------------------------------------

# repository_is NAME KEY-DIGEST (DIGEST-WITH-ASC DIGEST-WITH-GPG LISTS)...: of each mirror. The list refers to the key by the
# extension that apt wants for its form. KEY-DIGEST may be empty. LISTS: how the names of the package lists begin that apt has
# fetched from there. A repository that has none was never reached, or its lists were refused.
repository_is() {
  file_state "/etc/apt/sources.list.d/$1.sources" || return 1
  k_name=$1 k_digest=$2 k_file=''
  shift 2
  while [ $# -gt 0 ]; do
    case $R in
    "644 root root $1") k_file=/etc/apt/keyrings/$k_name.asc k_lists=$3 ;;
    "644 root root $2") k_file=/etc/apt/keyrings/$k_name.gpg k_lists=$3 ;;
    esac
    shift 3
  done
  [ -n "$k_file" ] && [ ! -e "/etc/apt/sources.list.d/$k_name.list" ] && file_state "$k_file" || return 1
  case $R in "644 root root "*"$k_digest") ;; *) return 1 ;; esac
  lists_are_here "$k_lists" && key_is_good "$k_name" "${R##* }"
}

# lists_are_here START: package lists whose names begin so.
lists_are_here() {
  for l_list in "/var/lib/apt/lists/$1"*Release; do [ ! -e "$l_list" ] || return 0; done
  say "the package lists of the repository $k_name are not here"
  return 1
}

# set_repository NAME KEY: KEY is a file with the signing key, the list comes on stdin with @KEY@ for the key's place.
set_repository() {
  write_repository "$1" "$2" || return 1
  # Patience does not make a key live longer.
  if key_has_ended "$1"; then
    refresh_repository "$1" 60 || :
    return 0
  fi
  apt_update -o "Dir::Etc::sourcelist=/etc/apt/sources.list.d/$1.sources" -o Dir::Etc::sourceparts=- \
    -o APT::Get::List-Cleanup=0
}

# write_repository NAME KEY: the files alone. Reads stdin. Also called as a condition.
write_repository() {
  k_type=$(key_type "$2") && sed "s,@KEY@,/etc/apt/keyrings/$1.$k_type," >"$P_RUN/list" || return 1
  take_over_sources "$1" "$(sed -n 's/^Suites: //p' "$P_RUN/list")" "$(sed -n 's/^URIs: //p' "$P_RUN/list")" || return 1
  for k_old in "/etc/apt/sources.list.d/$1.list" "/etc/apt/sources.list.d/$1.sources" \
    "/etc/apt/keyrings/$1.asc" "/etc/apt/keyrings/$1.gpg"; do
    ledger_file "$k_old" || return 1
  done
  # An old one-line list of the same name would contradict this one, and apt refuses both.
  rm -f "/etc/apt/sources.list.d/$1.list" || return 1
  write_file "/etc/apt/keyrings/$1.$k_type" 644 root root <"$2" || return 1
  write_file "/etc/apt/sources.list.d/$1.sources" 644 root root <"$P_RUN/list" && note_key "$1" "$2"
}

# refresh_repository NAME SECONDS: its lists alone, one try. Somebody else's update is no fault of the mirror: waited for.
refresh_repository() {
  while_locked timeout "$2" apt-get -q update -o APT::Update::Error-Mode=any -o Acquire::Retries=0 \
    -o Acquire::http::Timeout=10 -o Acquire::https::Timeout=10 \
    -o "Dir::Etc::sourcelist=/etc/apt/sources.list.d/$1.sources" -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0
}
