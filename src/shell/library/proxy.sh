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
      NO_PROXY) export NO_PROXY="$x_value" no_proxy="$x_value" ;;
      esac
    done <"$P_PROXY"
  fi
  "$@"
)

# goes_by_proxy URL: whether there is a proxy for its kind of address.
goes_by_proxy() {
  [ -r "$P_PROXY" ] || return 1
  case $1 in
  https:*) grep -q '^HTTPS_PROXY=' "$P_PROXY" ;;
  *) grep -q '^HTTP_PROXY=' "$P_PROXY" ;;
  esac
}
