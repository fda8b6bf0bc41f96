# shellcheck shell=sh disable=SC2154,SC2034 # what the other parts set and use
# --- mirrors ----------------------------------------------------------------------
# Of several places the first is taken that answers in time, judged here and now. Whichever was taken stays: that another
# one is better today is no reason to change anything.

# Seconds in which a mirror must have given a signing key, and package lists. Where none of them does, there is no hurry.
m_key_seconds=10 m_lists_seconds=60

# fetch_within SECONDS URL FILE: one try.
fetch_within() {
  f_patience="--connect-timeout 5 -m $1"
  if command -v curl >/dev/null; then
    # shellcheck disable=SC2086 # options
    with_proxy curl -fsSL $f_patience -o "$3" -- "$2"
  elif command -v wget >/dev/null; then
    with_proxy timeout "$1" wget -q -T 5 -t 1 -O "$3" -- "$2"
  elif [ -x /usr/lib/apt/apt-helper ]; then
    timeout "$1" /usr/lib/apt/apt-helper -o APT::Sandbox::User=root -o Acquire::Retries=0 \
      -o Acquire::http::Timeout=5 -o Acquire::https::Timeout=5 download-file "$2" "$3"
  else
    say "nothing here can fetch $2: install curl or wget"
    return 1
  fi
}

# mirror_fails URL WHY: for those that are passed over. took_mirror WHAT URL: tells which it became, if not the first.
mirror_fails() {
  say "$1 $2"
  m_passed="$m_passed${m_passed:+, }$1 $2"
}
took_mirror() { [ -z "$m_passed" ] || note "$1: taking $2, since $m_passed"; }

# set_mirrored_repository NAME KEY-DIGEST "URL KEYURL RENEWED..."...: as set_repository, with the list on stdin and @URL@ in it
# for the mirror's address. KEY-DIGEST may be empty. RENEWED: as for renew_key.
set_mirrored_repository() {
  m_name=$1 m_digest=$2 m_passed=''
  shift 2
  cat >"$P_RUN/mirrored.$P_TASK" || return 1
  if try_repositories "$@" || key_has_ended "$m_name"; then return 0; fi
  say 'none of them answers in time: asking each again, with patience'
  m_key_seconds=120 m_lists_seconds=600 m_passed=''
  try_repositories "$@"
}

try_repositories() {
  for m_place in "$@"; do
    if try_repository "${m_place%% *}" "${m_place#* }"; then
      took_mirror "packages of $m_name" "${m_place%% *}"
      return 0
    fi
  done
  return 1
}

# try_repository URL "KEYURL RENEWED...": as a condition, so with every step's status looked at.
try_repository() {
  if ! fetch_within "$m_key_seconds" "${2%% *}" "$P_RUN/key.$P_TASK"; then
    mirror_fails "$1" "gave no key within $m_key_seconds s"
    return 1
  fi
  if [ -n "$m_digest" ] && ! echo "$m_digest  $P_RUN/key.$P_TASK" | sha256sum -c --status; then
    mirror_fails "$1" 'has another key'
    return 1
  fi
  if ! key_type "$P_RUN/key.$P_TASK" >/dev/null; then
    mirror_fails "$1" 'gave something that is no key'
    return 1
  fi
  set -f
  # shellcheck disable=SC2086 # URLs have no blanks
  case $2 in *' '*) renew_key "$P_RUN/key.$P_TASK" ${2#* } ;; esac
  set +f
  with_url "$1" <"$P_RUN/mirrored.$P_TASK" >"$P_RUN/mirrored.$P_TASK.list" || return 1
  write_repository "$m_name" "$P_RUN/key.$P_TASK" <"$P_RUN/mirrored.$P_TASK.list" || return 1
  refresh_repository "$m_name" "$m_lists_seconds" && return 0
  mirror_fails "$1" "gave no package lists within $m_lists_seconds s"
  return 1
}

# with_url URL: puts it in the place of @URL@; where the list names it as one that is reached directly, dnf's word for that
# follows. Reads stdin.
with_url() {
  u_direct=''
  while IFS= read -r u_line; do
    case $u_line in
    "# Direct: $1") u_direct="${nl}proxy=_none_" ;;
    *@URL@*) u_line=${u_line%%@URL@*}$1${u_line#*@URL@}$u_direct ;;
    esac
    printf '%s\n' "$u_line" || return 1
  done
}

# renew_mirrors: has repositories of ours fetch their keys again, and go to another of their mirrors where the one in use has
# stopped answering. For when packages cannot be had: nothing else looks whether a mirror is still there, or has another key.
renew_mirrors() {
  ! command -v renew_os_mirrors >/dev/null || renew_os_mirrors
  for m_list in /etc/apt/sources.list.d/*.sources /etc/yum.repos.d/*.repo; do
    grep -qs '^# Mirror: ' "$m_list" || continue
    m_name=${m_list##*/}
    m_name=${m_name%.*}
    m_digest=$(sed -n 's/^# Key: sha256 //p' "$m_list") m_passed=''
    m_now=$(sed -n 's/^URIs: //p; s/^baseurl=//p' "$m_list")
    # The list as it was before a mirror was put into it.
    sed 's|^URIs: .*|URIs: @URL@|; s|^baseurl=.*|baseurl=@URL@|; s|^Signed-By: .*|Signed-By: @KEY@|; /^proxy=_none_$/d' \
      "$m_list" >"$P_RUN/mirrored.$P_TASK" &&
      W_URL=$m_now awk '
        !sub(/^# Mirror: /, "") { next }
        $1 == ENVIRON["W_URL"] { print; next }
        { others = others $0 "\n" }
        END { printf "%s", others }' "$m_list" >"$P_RUN/places.$P_TASK" || return 1
    while read -r m_url m_keys; do
      try_repository "$m_url" "$m_keys" </dev/null || continue
      took_mirror "packages of $m_name" "$m_url"
      break
    done <"$P_RUN/places.$P_TASK"
  done
}

# --- mirrors of registries --------------------------------------------------------

# hosts_toml SERVER CHOSEN (URL SETTINGS)...: prints a hosts.toml in which the mirror of this number is asked first.
hosts_toml() {
  printf '%s' "$1" || return 1
  h_chosen=$2
  shift 2
  while [ "$h_chosen" -gt 1 ]; do
    h_url=$1 h_settings=$2
    shift 2
    set -- "$@" "$h_url" "$h_settings" # to the end of the list
    h_chosen=$((h_chosen - 1))
  done
  while [ $# -gt 0 ]; do
    printf '\n[host."%s"]\n%s' "$1" "$2" || return 1
    shift 2
  done
}

# choose_registry REGISTRY IMAGE (URL SETTINGS)...: leaves in R the number of the first mirror that gives the image in time; 1
# where none does: then containerd asks one after the other, and the registry itself last. IMAGE may be empty.
choose_registry() {
  r_registry=$1 r_image=$2 m_passed='' R=1
  shift 2
  [ $# -gt 2 ] || return 0
  r_number=0
  while [ $# -gt 0 ]; do
    r_number=$((r_number + 1))
    if registry_answers "$1" "$2"; then
      R=$r_number
      took_mirror "images of $r_registry" "$1"
      return 0
    fi
    shift 2
  done
  note "images of $r_registry: no mirror answers now ($m_passed); they are still asked, and the registry itself last"
}

# registry_answers URL SETTINGS: whether it listens, and hands out a small image by the runtime's own means.
registry_answers() {
  r_host=${1#*://}
  r_host=${r_host%%/*}
  case $1 in https:*) split_host "$r_host" 443 ;; *) split_host "$r_host" 80 ;; esac
  if ! goes_by_proxy "$1" && ! port_open "$N_HOST" "$N_PORT" 2>/dev/null; then
    mirror_fails "$1" 'does not answer'
    return 1
  fi
  if [ -z "$r_image" ] || ! command -v ctr >/dev/null; then return 0; fi
  r_probe=$P_RUN/probe.$P_TASK
  rm -rf "$r_probe" && mkdir -p "$r_probe/$r_registry" || return 1
  (umask 077 && hosts_toml "server = \"$1\"
" 1 "$1" "$2" >"$r_probe/$r_registry/hosts.toml") || return 1
  r_status=0
  with_proxy timeout 20 ctr -n provision-probe content fetch --hosts-dir "$r_probe" "$r_image" >"$r_probe/log" 2>&1 ||
    r_status=$?
  ctr -n provision-probe images rm --sync "$r_image" >/dev/null 2>&1 || :
  ctr namespaces rm provision-probe >/dev/null 2>&1 || :
  rm -rf "${r_probe:?}/$r_registry"
  case $r_status in
  0) return 0 ;;
  124 | 143) mirror_fails "$1" "is too slow: $r_image took more than 20 s" ;;
  *) mirror_fails "$1" "does not give $r_image" && grep -v 'active check failed' "$r_probe/log" | tail -n 1 >&2 ;;
  esac
  return 1
}
