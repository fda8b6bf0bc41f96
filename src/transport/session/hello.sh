# What the host is.

hello() (
  # shellcheck source=/dev/null
  [ ! -r /etc/os-release ] || . /etc/os-release
  init=$(cat /proc/1/comm)
  [ ! -d /run/systemd/system ] || init=systemd
  missing=''
  for tool in base64 dd flock fold gzip setsid sha256sum stat tail; do
    command -v "$tool" >/dev/null || missing=$missing,$tool
  done
  machine=''
  read -r machine 2>/dev/null </etc/machine-id
  # shellcheck disable=SC2046 # fields, without blanks or wildcards
  tell hello v1 "id=${ID:-}" "like=$(printf '%s' "${ID_LIKE:-}" | tr ' ' ,)" "version=${VERSION_ID:-}" \
    "codename=${VERSION_CODENAME:-}" "arch=$(uname -m)" "init=$init" "boot=$(cat /proc/sys/kernel/random/boot_id)" \
    "machine=$machine" "pids=$(readlink /proc/self/ns/pid)" $(node) \
    "hostname=$(uname -n)" "missing=${missing#,}" "time=$(date +%s.%N)"
)
