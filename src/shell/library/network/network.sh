# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- network ----------------------------------------------------------------------

# fetch URL FILE: with whatever the host has; a bare one may have neither curl nor wget.
fetch() {
  if command -v curl >/dev/null; then
    # Who sends nothing for a minute is given up, however long a slow one may take.
    retry 3 2 with_proxy curl -fsSL --connect-timeout 20 --speed-limit 1 --speed-time 60 --retry 2 -o "$2" -- "$1"
  elif command -v wget >/dev/null; then
    retry 3 2 with_proxy wget -q -T 20 -O "$2" -- "$1"
  elif [ -x /usr/lib/apt/apt-helper ]; then
    retry 3 2 /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$1" "$2"
  else
    say "nothing here can fetch $1: install curl or wget"
    return 1
  fi
}

# fetch_verified URL FILE SHA256: leaves no FILE where the digest is another. SHA256 may be empty.
fetch_verified() {
  fetch "$1" "$2" || return 1
  [ -n "$3" ] || return 0
  f_digest=$(sha256sum <"$2") || return 1
  [ "${f_digest%% *}" != "$3" ] || return 0
  rm -f "$2"
  say "$1 has SHA-256 ${f_digest%% *}, wanted $3"
  return 1
}

# download_file URL PATH SHA256 MODE OWNER GROUP: at its place only when verified. One that is there is not fetched again for
# another owner or mode.
download_file() {
  if file_state "$2" && [ "${R##* }" = "$3" ]; then
    set_mode "$4" "$5" "$6" "$2"
    return
  fi
  d_from=$P_DISK/download.${P_TASK:-}
  (umask 077 && mkdir -p "$P_DISK") && fetch_verified "$1" "$d_from" "$3" || return 1
  write_file "$2" "$4" "$5" "$6" "$3" <"$d_from" || return 1
  rm -f "$d_from"
}

# port_open HOST PORT: HOST may be - for this one, where listening is enough and no connection is made.
port_open() {
  if [ "$1" = - ]; then
    n_hex=$(printf '%04X' "$2")
    grep -qsE "^ *[0-9]+: [0-9A-F]+:$n_hex [0-9A-F:]+ 0A " /proc/net/tcp /proc/net/tcp6 && return 0
    say "nothing listens on port $2"
    return 1
  fi
  # shellcheck disable=SC2016 # bash's, with its arguments
  timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' - "$1" "$2"
}

# http_ok URL [insecure]: an answer of 200 to 299.
http_ok() {
  if command -v curl >/dev/null; then
    curl -fsS ${2:+-k} -m 5 -o /dev/null -- "$1"
  elif command -v wget >/dev/null; then
    wget -q ${2:+--no-check-certificate} -T 5 -t 1 -O /dev/null -- "$1"
  else
    http_by_hand "$1"
  fi
}

# split_host HOST[:PORT] PORT: sets N_HOST, of IPv6 without its brackets, and N_PORT; the second is for where none is written.
split_host() {
  N_HOST=$1 N_PORT=$2
  case $1 in
  *']') ;; # an IPv6 address without port
  *:*) N_HOST=${1%:*} N_PORT=${1##*:} ;;
  esac
  N_HOST=${N_HOST#'['}
  N_HOST=${N_HOST%']'}
}

# Plain http with what every host has.
http_by_hand() {
  case $1 in http://*) ;; *)
    say "asking $1 takes curl or wget"
    return 2
    ;;
  esac
  h_rest=${1#http://}
  h_host=${h_rest%%/*}
  h_path=/
  case $h_rest in */*) h_path=/${h_rest#*/} ;; esac
  split_host "$h_host" 80
  # shellcheck disable=SC2016 # bash's, with its arguments
  h_answer=$(timeout 5 bash -c '
    exec 3<>"/dev/tcp/$1/$2" && printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$3" "$4" >&3 && head -n 1 <&3
  ' - "$N_HOST" "$N_PORT" "$h_path" "$h_host" | tr -d '\r')
  case $h_answer in 'HTTP/'*' 2'[0-9][0-9]*) return 0 ;; esac
  say "${h_answer:-no answer}"
  return 1
}

# wait_for SECONDS WHAT COMMAND...: until it succeeds. Says now and then what it waits for, and at the end what it saw last.
wait_for() { wait_while false "$@"; }

# wait_while TROUBLE SECONDS WHAT COMMAND...: as wait_for. TROUBLE says why it does not come: asked now and then, and where it
# has succeeded three times nothing is waited for any more, since it will not come. W_LIMIT: where SECONDS are set, if anywhere.
wait_while() {
  w_trouble=$1 w_within=$2 w_what=$3
  shift 3
  w_begin=$(since_boot)
  w_tries=0 w_vain=0
  while :; do
    ! "$@" >"$P_RUN/seen.$P_TASK" 2>&1 || return 0
    w_waited=$(($(since_boot) - w_begin))
    w_seen=$(tail -n 1 "$P_RUN/seen.$P_TASK" | tr -cd '[:print:]' | cut_lines 300)
    w_tries=$((w_tries + 1))
    if [ $((w_tries % 5)) -eq 0 ]; then
      if w_why=$("$w_trouble"); then w_vain=$((w_vain + 1)); else w_vain=0; fi
    fi
    if [ "$w_vain" -ge 3 ] || [ "$w_waited" -ge "$w_within" ]; then
      [ "$w_vain" -lt 3 ] || W_LIMIT=''
      say "waited ${w_waited} s for $w_what${W_LIMIT:-}${w_seen:+: $w_seen}"
      w_why=$("$w_trouble") || :
      [ -z "$w_why" ] || say "$w_why"
      return 1
    fi
    [ $((w_tries % 5)) -ne 1 ] || say "waiting for $w_what${w_seen:+: $w_seen}"
    if [ "$w_tries" -le 8 ]; then sleep 0.25; else sleep 1; fi
  done
}

# api_answers: whether the API server takes orders. One that has just started denies everything to everybody, until it has
# read its roles.
api_answers() { [ "$(kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s get --raw /readyz)" = ok ]; }

# node_known NODE SECONDS: whether the API server knows this host's node. Asked with the kubelet's own certificate, which may
# read its own node and little else.
node_known() { kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout "${2}s" get node "$1" -o name; }
