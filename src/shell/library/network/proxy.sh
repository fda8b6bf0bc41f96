# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- proxy ------------------------------------------------------------------------

P_PROXY=${P_PROXY:-/etc/provision-proxy.env}

# with_proxy COMMAND...: with the host's proxy in its environment, where there is one: of this command alone, which is root's, so
# that nobody else reads a password in it.
with_proxy() (
  if [ -r "$P_PROXY" ]; then
    while IFS='=' read -r x_name x_value; do
      case $x_name in
      HTTP_PROXY) export HTTP_PROXY="$x_value" http_proxy="$x_value" ;;
      HTTPS_PROXY) export HTTPS_PROXY="$x_value" https_proxy="$x_value" ;;
      NO_PROXY)
        x_value=$x_value$(reached_directly "$x_value" "$@")
        export NO_PROXY="$x_value" no_proxy="$x_value"
        ;;
      esac
    done <"$P_PROXY"
  fi
  "$@"
)

# reached_directly NO_PROXY WORD...: prints, each after a comma, the IPv4 addresses of URLs among the words that a network of NO_PROXY
# covers: wget knows no networks there, nor does curl before 7.86.
reached_directly() (
  networks=$1
  shift
  for word in "$@"; do
    case $word in http://[0-9]* | https://[0-9]*) ;; *) continue ;; esac
    word=${word#*://}
    word=${word%%[/:]*}
    address=$(ipv4_number "$word") || continue
    IFS=,
    for network in $networks; do
      case $network in *.*/*) ;; *) continue ;; esac
      first=$(ipv4_number "${network%/*}") || continue
      rest=$((32 - ${network#*/}))
      [ "$((address >> rest))" -ne "$((first >> rest))" ] || printf ',%s' "$word"
    done
  done
)

# ipv4_number ADDRESS: status 1 where it is none.
ipv4_number() (
  case $1 in *[!0-9.]* | *..* | .* | *. | 0[0-9]* | *.0[0-9]*) exit 1 ;; esac
  IFS=.
  # shellcheck disable=SC2086 # four numbers
  set -- $1
  [ $# -eq 4 ] && printf '%s\n' "$(((($1 * 256 + $2) * 256 + $3) * 256 + $4))"
)

# goes_by_proxy URL: whether there is a proxy for its kind of address.
goes_by_proxy() {
  [ -r "$P_PROXY" ] || return 1
  case $1 in
  https:*) grep -q '^HTTPS_PROXY=' "$P_PROXY" ;;
  *) grep -q '^HTTP_PROXY=' "$P_PROXY" ;;
  esac
}
