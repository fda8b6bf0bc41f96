# shellcheck shell=sh disable=SC2154 # what the prelude sets
# --- what a machine of this size keeps from pods -------------------------------------
# Memory is in MiB, CPU in thousandths. Where five numbers are given, they are: memory reserved for the system and for the
# kubelet, memory at which pods are evicted (MiB or %), CPU reserved for the system and for the kubelet; - is by the size.

P_PROC=${P_PROC:-/proc}

# host_size: sets P_MEMORY and P_CPUS, from where the kubelet reads them too.
host_size() {
  P_MEMORY=$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' "$P_PROC/meminfo") &&
    P_CPUS=$(grep -c '^processor[[:space:]]*:' "$P_PROC/cpuinfo") && [ -n "$P_MEMORY" ] || return 1
  P_MEMORY=$((P_MEMORY / 1024))
}

# reserve_by_size MEMORY CPUS: sets R_MEMORY and R_CPU, each for the system and for the kubelet, and R_EVICTION.
# The same formula is in docs/decisions/005-kubelet-drop-in.md.
reserve_by_size() {
  R_MEMORY=$((100 + $1 / 20)) R_CPU=$((25 + 25 * $2)) R_EVICTION=$(($1 / 20))
  [ "$R_MEMORY" -le 500 ] || R_MEMORY=500
  [ "$R_CPU" -le 200 ] || R_CPU=200
  [ "$R_EVICTION" -ge 100 ] || R_EVICTION=100
  [ "$R_EVICTION" -le 200 ] || R_EVICTION=200
}

# left_for_pods NUMBERS: sets P_LEFT_MEMORY and P_LEFT_CPU; below zero where more is reserved than there is.
left_for_pods() {
  host_size || return 1
  reserve_by_size "$P_MEMORY" "$P_CPUS"
  # shellcheck disable=SC2086 # five words
  set -- $1
  l_system=$1 l_kube=$2 l_eviction=$3 l_system_cpu=$4 l_kube_cpu=$5
  [ "$l_system" != - ] || l_system=$R_MEMORY
  [ "$l_kube" != - ] || l_kube=$R_MEMORY
  case $l_eviction in
  -) l_eviction=$R_EVICTION ;;
  *%) l_eviction=$((P_MEMORY * ${l_eviction%?} / 100)) ;;
  esac
  [ "$l_system_cpu" != - ] || l_system_cpu=$R_CPU
  [ "$l_kube_cpu" != - ] || l_kube_cpu=$R_CPU
  P_LEFT_MEMORY=$((P_MEMORY - l_system - l_kube - l_eviction)) P_LEFT_CPU=$((P_CPUS * 1000 - l_system_cpu - l_kube_cpu))
}

# kubelet_joined: whether this host is a node already.
kubelet_joined() { [ -e "${P_ETC:-/etc}/kubernetes/kubelet.conf" ]; }

# host_is_large_enough ROLE LEAST-MEMORY LEAST-CPUS MEMORY CPU NUMBERS: status 3, which ends the program, where it is not. LEAST is
# what kubeadm demands of the machine, MEMORY and CPU what must be left for pods. A node that is one already is let be.
host_is_large_enough() {
  ! kubelet_joined || return 0
  left_for_pods "$6" || return 2
  if [ "$P_MEMORY" -lt "$2" ]; then
    say "this machine has $P_MEMORY MiB of memory, and kubeadm requires $2 MiB for a $1: use a larger one"
    return 3
  fi
  if [ "$P_CPUS" -lt "$3" ]; then
    say "this machine has $P_CPUS CPU, and kubeadm requires $3 for a $1: use a larger one, or write" \
      'kubernetes: { ignorePreflightErrors: [NumCPU] } in the inventory to go ahead'
    return 3
  fi
  l_way='use a larger machine'
  [ "$6" = '- - - - -' ] || l_way="$l_way, or write smaller numbers in kubernetes.reserved and kubernetes.evictionHard, or none"
  if [ "$P_LEFT_MEMORY" -lt "$4" ]; then
    say "this machine has $P_MEMORY MiB of memory: $l_system MiB are reserved for the system, $l_kube MiB for the kubelet," \
      "and pods are evicted below $l_eviction MiB. That leaves $P_LEFT_MEMORY MiB; the pods of a $1 need $4 MiB: $l_way"
    return 3
  fi
  [ "$P_LEFT_CPU" -lt "$5" ] || return 0
  say "this machine has $P_CPUS CPU: ${l_system_cpu}m are reserved for the system and ${l_kube_cpu}m for the kubelet. That" \
    "leaves ${P_LEFT_CPU}m; the pods of a $1 need ${5}m: $l_way"
  return 3
}

# by_size PATH: what goes by the size, filled in. The size for which PATH was written holds until the machine's is more than a
# tenth away: a new kernel has a little more memory or less, and the kubelet is not to restart for it. Reads stdin.
by_size() {
  host_size || return 1
  s_size=$(sed -n 's/^# For \([0-9]*\) MiB of memory and \([0-9]*\) CPU:.*/\1 \2/p' "$1" 2>/dev/null) || :
  s_memory=${s_size% *}
  if [ "${s_size#* }" != "$P_CPUS" ] || [ $((s_memory * 10)) -lt $((P_MEMORY * 9)) ] ||
    [ $((s_memory * 10)) -gt $((P_MEMORY * 11)) ]; then
    s_memory=$P_MEMORY
  fi
  reserve_by_size "$s_memory" "$P_CPUS"
  sed -e "s/@size@/For $s_memory MiB of memory and $P_CPUS CPU:/" -e "s/@memory@/${R_MEMORY}Mi/g" -e "s/@cpu@/${R_CPU}m/g" \
    -e "s/@eviction@/${R_EVICTION}Mi/g"
}

# sized_file_is PATH MODE OWNER GROUP: what is to be in it comes on stdin. Reads stdin.
sized_file_is() {
  s_digest=$(by_size "$1" | sha256sum) && file_is "$@" "${s_digest%% *}"
}

# write_sized PATH MODE OWNER GROUP SHA256: the digest is of stdin. Reads stdin.
write_sized() {
  cat >"$P_RUN/sized" && s_digest=$(sha256sum <"$P_RUN/sized") || return 1
  if [ "${s_digest%% *}" != "$5" ]; then
    say "$1 did not arrive whole"
    return 1
  fi
  by_size "$1" <"$P_RUN/sized" >"$P_RUN/sized.new" && write_file "$1" "$2" "$3" "$4" <"$P_RUN/sized.new"
}

# keeps_earlier MEMORY CPU NUMBERS PATH MODE OWNER GROUP SHA256: whether this node runs with the fixed reservations that earlier
# releases wrote, and they leave what its pods need: then it keeps them, since its kubelet would restart for nothing.
keeps_earlier() {
  kubelet_joined || return 1
  k_memory=$1 k_cpu=$2 k_numbers=$3
  shift 3
  file_is "$@" && left_for_pods "$k_numbers" || return 1
  [ "$P_LEFT_MEMORY" -lt "$k_memory" ] || [ "$P_LEFT_CPU" -lt "$k_cpu" ] || return 0
  note "the reservations of an earlier release leave $P_LEFT_MEMORY MiB and ${P_LEFT_CPU}m CPU of $P_MEMORY MiB and $P_CPUS CPU" \
    "for pods, too little: they go by the machine's size now, and the kubelet restarts"
  return 1
}
