# What `provision support` takes from a host: files below $1, none of it changed on the way but for private keys, which do not
# leave the host. $2: hours that journals go back. Everything has a deadline and a bound: a host in trouble is not to be kept
# busy, nor its memory filled.

d=$1
since="-${2}h"
each=2000000 # bytes of one answer at most, the last ones
mkdir -p "$d"

# last BYTES: the end of what comes, in whole lines: half of one may begin in the middle of a secret. Reads stdin.
last() { tail -c "$(($1 + 1))" | awk -v most="$1" '{ all += length($0) + 1; line[NR] = $0 } END { for (i = all > most ? 2 : 1; i <= NR; i++) print line[i] }'; }

# save NAME COMMAND...: what the command prints, on both streams. Where the command is not there, nothing.
save() {
  s_name=$1
  shift
  command -v "$1" >/dev/null || return 0
  mkdir -p "$d/${s_name%/*}"
  timeout 20 "$@" </dev/null 2>&1 | last "$each" >"$d/$s_name"
}

# copy DIRECTORY FILE...: files as they are, without the keys in them.
copy() {
  c_into=$1
  shift
  for c_file; do
    [ -f "$c_file" ] || continue
    mkdir -p "$d/$c_into"
    timeout 5 tail -c "$((each + 1))" "$c_file" | last "$each" |
      sed 's/\(client-key-data: *\).*/\1[redacted]/; /-----BEGIN [A-Z ]*PRIVATE KEY-----/,/-----END [A-Z ]*PRIVATE KEY-----/d' \
        >"$d/$c_into/${c_file##*/}"
  done
}

# --- the system ---------------------------------------------------------------------------------------
copy system /etc/os-release /proc/meminfo /proc/loadavg /proc/mounts /proc/cmdline /etc/fstab /etc/hosts /etc/resolv.conf
save system/uname uname -a
save system/uptime uptime
save system/date date -u '+%Y-%m-%dT%H:%M:%SZ'
save system/disks df -P
save system/inodes df -Pi
save system/blocks lsblk -f
save system/processes ps -eo pid,ppid,user,stat,lstart,rss,pcpu,args --sort=-rss
save system/sysctl sysctl -a
save system/failed-units systemctl --no-pager --plain list-units --failed
save system/units systemctl --no-pager --plain list-units --all 'kube*' 'containerd*' 'docker*' 'cri-docker*' 'chrony*' 'systemd-*'
save system/clock timedatectl
save system/chrony-tracking chronyc -n tracking
save system/chrony-sources chronyc -n sources
save system/boots last -x -n 20
save system/dmesg dmesg -T
if command -v dpkg-query >/dev/null && [ ! -e /etc/redhat-release ]; then
  # shellcheck disable=SC2016 # dpkg's fields
  save system/packages dpkg-query -W -f '${db:Status-Abbrev} ${Package} ${Version}\n'
else
  save system/packages rpm -qa
fi

# --- the network ----------------------------------------------------------------------------------------
save network/addresses ip -s address
save network/routes ip route show table all
save network/rules ip rule
save network/neighbours ip neighbour
save network/sockets ss -lntup
save network/nft nft list ruleset
save network/iptables iptables-save
save network/ip6tables ip6tables-save
save network/ipsets ipset list -t
copy network/cni /etc/cni/net.d/*

# --- journals ---------------------------------------------------------------------------------------------
for unit in kubelet containerd docker cri-docker chrony chronyd NetworkManager systemd-networkd systemd-resolved; do
  systemctl -q cat "$unit.service" >/dev/null 2>&1 || continue
  save "journal/$unit" journalctl --no-pager -q -o short-iso --since "$since" -u "$unit.service"
done
save journal/kernel journalctl --no-pager -q -o short-iso --since "$since" -k

# --- containers and the node --------------------------------------------------------------------------------
save containers/crictl-ps crictl ps -a
save containers/crictl-pods crictl pods
save containers/containerd ctr -n k8s.io containers list
save containers/containerd-tasks ctr -n k8s.io tasks list
save containers/docker-ps docker ps -a
save containers/docker-info docker info
copy containers/etc /etc/containerd/config.toml /etc/docker/daemon.json /etc/crictl.yaml
copy kubernetes /etc/kubernetes/kubelet.conf /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env \
  /var/lib/kubelet/instance-config.yaml
copy kubernetes/kubelet.conf.d /etc/kubernetes/kubelet.conf.d/*
copy kubernetes/manifests /etc/kubernetes/manifests/*
save kubernetes/files ls -laR /etc/kubernetes /var/lib/kubelet/pki
save kubernetes/certificates kubeadm certs check-expiration

# The newest logs of kube-system, as far as there is room.
# shellcheck disable=SC2012 # names by Kubernetes
ls -t /var/log/pods/kube-system_*/*/*.log 2>/dev/null | head -n 60 | while IFS= read -r file; do
  name=${file#/var/log/pods/}
  mkdir -p "$d/pods/${name%/*}"
  last 300000 <"$file" >"$d/pods/$name"
done

# --- what provision has left -----------------------------------------------------------------------------------
save provision/files ls -la /var/lib/provision /run/provision /run/provision/pending
save provision/ledger find /var/lib/provision/ledger -name meta
copy provision /var/lib/provision/kubernetes-version /var/lib/provision/verified

# --- the cluster, from a control plane ---------------------------------------------------------------------------
if [ -r /etc/kubernetes/admin.conf ]; then
  ask() {
    a_name=$1
    shift
    save "cluster/$a_name" kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 15s "$@"
  }
  ask ready get --raw '/readyz?verbose'
  # One that does not answer is not asked ten times.
  if grep -q 'readyz check' "$d/cluster/ready" 2>/dev/null; then
    ask nodes get nodes -o wide
    ask nodes-described describe nodes
    ask pods get pods -A -o wide
    ask events get events -A --sort-by=.lastTimestamp
    ask workloads get deployments,daemonsets,statefulsets,jobs,services,endpointslices -A -o wide
    ask leases get leases -A
    ask requests get certificatesigningrequests
    ask kubeadm-config -n kube-system get configmap kubeadm-config kubelet-config kube-proxy coredns -o yaml
  fi
fi

# --- the bound of it all: what is too much goes, the largest first --------------------------------------------------
most=24000 # KiB
while [ "$(du -sk "$d" | cut -f 1)" -gt "$most" ]; do
  largest=$(find "$d" -type f -exec du -k {} + | sort -rn | head -n 1 | cut -f 2)
  [ -n "$largest" ] || break
  printf '%s was left out: too much\n' "${largest#"$d"/}" >>"$d/left-out"
  rm -f "$largest"
done
exit 0
