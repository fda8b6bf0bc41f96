#!/bin/bash
# The yardstick: the commands of `provision` as a person who knows them all would put them into one script, side by side
# and in the best order, for fresh lab hosts and for nothing else. It checks nothing, repeats nothing, undoes nothing.
# usage: by-hand.sh DIRECTORY            a cluster of all hosts
#        by-hand.sh DIRECTORY add NAME   one of them joins the cluster that the first, the control plane, is of
# Files in DIRECTORY: `hosts` (lines "name login address role", the control plane first), `key`,
# `sudo-password`, `network.yaml`, `probe.yaml`; environment: UPSTREAM, the address of the lab's upstream.
# Leaves a log for each host and step in DIRECTORY.
set -euo pipefail
directory=$1
upstream=${UPSTREAM:?}
version=1.36.3
token=abcdef.0123456789abcdef
mapfile -t hosts <"$directory/hosts"
read -r control_name control_login control_address _ <<<"${hosts[0]}"
nodes=$(awk '{ print $3, $1 }' "$directory/hosts")
ssh=(ssh -o ControlMaster=auto -o ControlPersist=60 -o "ControlPath=$directory/%h.sock" -o KexAlgorithms=curve25519-sha256
  -o ConnectTimeout=10 -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i "$directory/key")

# on LOGIN ADDRESS LOG: runs stdin as root there, over one connection a host.
on() {
  local become='sudo -S -p ""'
  if [ "$1" = root ]; then become=''; fi
  { cat "$directory/sudo-password"; echo; cat; } | "${ssh[@]}" "$1@$2" "read -r password; cat >by-hand.sh
printf '%s\n' \"\$password\" | $become sh -ex by-hand.sh" >"$directory/$3.log" 2>&1
}

# Runs a function of this file for each worker, side by side; fails when one fails.
workers() {
  local line name login address pids=()
  for line in "${hosts[@]:1}"; do
    read -r name login address _ <<<"$line"
    "$1" "$name" "$login" "$address" &
    pids+=("$!")
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
}

prepare() {
  cat <<EOF
exec </dev/null
export DEBIAN_FRONTEND=noninteractive
printf '%s\n' "$nodes" >>/etc/hosts
mkdir -p /etc/chrony /etc/containerd/certs.d/registry.k8s.io /etc/containerd/certs.d/docker.io /etc/docker /etc/apt/keyrings \
  /etc/kubernetes/kubelet.conf.d /etc/systemd/system.conf.d /etc/systemd/journald.conf.d /etc/modules-load.d
cat >/etc/chrony/chrony.conf <<'EOT'
server $upstream iburst
driftfile /var/lib/chrony/drift
makestep 1.0 3
rtcsync
EOT
printf '%s\n' overlay br_netfilter >/etc/modules-load.d/90.conf
cat >/etc/sysctl.d/90.conf <<'EOT'
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
net.bridge.bridge-nf-call-ip6tables = 1
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 524288
EOT
sysctl -q -p /etc/sysctl.d/90.conf
cat >/etc/security/limits.d/90.conf <<'EOT'
* soft nofile 1048576
* hard nofile 1048576
* soft nproc unlimited
* hard nproc unlimited
root soft nofile 1048576
root hard nofile 1048576
EOT
printf '[Manager]\nDefaultLimitNOFILE=1048576\n' >/etc/systemd/system.conf.d/90.conf
printf '[Journal]\nSystemMaxUse=1G\n' >/etc/systemd/journald.conf.d/90.conf
systemctl daemon-reexec
systemctl restart systemd-journald
cat >/etc/containerd/config.toml <<'EOT'
version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "registry.k8s.io/pause:3.10.2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "/etc/containerd/certs.d"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/opt/cni/bin"
    conf_dir = "/etc/cni/net.d"
EOT
for registry in registry.k8s.io docker.io; do
  printf '[host."http://$upstream:5000"]\n  capabilities = ["pull", "resolve"]\n' >/etc/containerd/certs.d/\$registry/hosts.toml
done
cat >/etc/docker/daemon.json <<'EOT'
{
  "exec-opts": ["native.cgroupdriver=systemd"],
  "log-driver": "json-file",
  "log-opts": { "max-size": "10m", "max-file": "3" },
  "live-restore": true,
  "registry-mirrors": ["http://$upstream:5000"]
}
EOT
cat >/etc/kubernetes/kubelet.conf.d/50.conf <<'EOT'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
systemReserved: { cpu: 200m, memory: 500Mi }
kubeReserved: { cpu: 200m, memory: 500Mi }
evictionHard: { memory.available: 200Mi, nodefs.available: 10%, nodefs.inodesFree: 5%, imagefs.available: 15% }
failCgroupV1: false
EOT
printf 'KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.conf.d\n' >/etc/default/kubelet
printf '%s-endpoint: unix:///run/containerd/containerd.sock\n' runtime image >/etc/crictl.yaml
/usr/lib/apt/apt-helper download-file http://$upstream/kubernetes/core:/stable:/v1.36/deb/Release.key /etc/apt/keyrings/kubernetes.asc
echo 'deb [signed-by=/etc/apt/keyrings/kubernetes.asc] http://$upstream/kubernetes/core:/stable:/v1.36/deb/ /' >/etc/apt/sources.list.d/kubernetes.list
apt-get -q update
client=
if apt-cache show docker-cli >/dev/null 2>&1; then client=docker-cli; fi
apt-get -q install -y --no-install-recommends -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold \
  chrony ca-certificates iptables conntrack ethtool socat ipset kmod util-linux docker.io \$client containerd runc \
  kubeadm=$version-1.1 kubelet=$version-1.1 kubectl=$version-1.1 cri-tools kubernetes-cni
apt-mark hold docker.io \$client containerd runc kubeadm kubelet kubectl cri-tools kubernetes-cni
systemctl -q enable kubelet
pulls=
for image in $1; do
  ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d \$image >/dev/null &
  pulls="\$pulls \$!"
done
for pull in \$pulls; do wait \$pull; done
EOF
}

worker_images="registry.k8s.io/pause:3.10.2 registry.k8s.io/kube-proxy:v$version docker.io/library/busybox:1.37"
control_images="$worker_images registry.k8s.io/kube-apiserver:v$version registry.k8s.io/kube-controller-manager:v$version \
registry.k8s.io/kube-scheduler:v$version registry.k8s.io/etcd:3.6.8-0 registry.k8s.io/coredns/coredns:v1.14.2"

init() {
  cat <<EOF
cat >/tmp/kubeadm.yaml <<'EOT'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: { name: $control_name, imagePullPolicy: IfNotPresent }
bootstrapTokens: [{ token: $token, ttl: 20m0s }]
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$version
controlPlaneEndpoint: "$control_address:6443"
networking: { podSubnet: 10.244.0.0/16 }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: { maxPerCore: 0, min: 0 }
EOT
kubeadm init --config /tmp/kubeadm.yaml --ignore-preflight-errors SystemVerification
kubectl --kubeconfig /etc/kubernetes/admin.conf apply --server-side -f - <<'EOT'
$(cat "$directory/network.yaml")
EOT
# kubeadm join asks for the signature at once, and then only every five seconds.
kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-public wait configmap/cluster-info --timeout 60s \\
  --for='jsonpath={.data.jws-kubeconfig-${token%.*}}'
EOF
}

prepare_worker() {
  prepare "$worker_images" | on "$2" "$3" "$1"
}

join_worker() {
  on "$2" "$3" "$1-join" <<EOF
kubeadm join $control_address:6443 --node-name $1 --token $token --discovery-token-unsafe-skip-ca-verification \
  --ignore-preflight-errors SystemVerification
EOF
}

verify() {
  cat <<EOF
export KUBECONFIG=/etc/kubernetes/admin.conf
# kubeadm join may end before the kubelet has registered its node.
kubectl wait --for=create $(awk 'NR > 1 { print "node/" $1 }' "$directory/hosts" | tr '\n' ' ')--timeout 60s
kubectl label node $(awk 'NR > 1 { print $1 }' "$directory/hosts" | tr '\n' ' ')node-role.kubernetes.io/worker=
kubectl apply --server-side -f - <<'EOT'
$(cat "$directory/probe.yaml")
EOT
kubectl wait --for=condition=Ready node --all --timeout 300s
kubectl -n kube-system wait --for=condition=Ready pod --all --timeout 300s
kubectl -n provision-verify rollout status daemonset/probe --timeout 300s
kubectl delete namespace provision-verify --wait=false
EOF
}

# shellcheck disable=SC2317 # called when the script ends
hang_up() {
  local line login address
  for line in "${hosts[@]}"; do
    read -r _ login address _ <<<"$line"
    "${ssh[@]}" -O exit "$login@$address" 2>/dev/null || :
  done
}
trap hang_up EXIT

# A token while the worker is prepared, and then the proof of that node alone.
add() {
  local login address invited
  read -r login address < <(awk -v name="$1" '$1 == name { print $2, $3 }' "$directory/hosts")
  on "$control_login" "$control_address" "$1-invite" <<EOF &
kubeadm token create $token --ttl 20m
kubectl --kubeconfig /etc/kubernetes/admin.conf -n kube-public wait configmap/cluster-info --timeout 60s \
  --for='jsonpath={.data.jws-kubeconfig-${token%.*}}'
EOF
  invited=$!
  prepare_worker "$1" "$login" "$address"
  wait "$invited"
  join_worker "$1" "$login" "$address"
  on "$control_login" "$control_address" "$1-verify" <<EOF
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl apply --server-side -f - <<'EOT'
$(cat "$directory/probe-$1.yaml")
EOT
kubectl wait --for=condition=Ready node/$1 --timeout 300s
kubectl -n provision-add wait daemonset/probe --for='jsonpath={.status.numberReady}=1' --timeout 300s
kubectl delete namespace provision-add --wait=false
kubectl label node $1 node-role.kubernetes.io/worker=
EOF
}

if [ "${2:-}" = add ]; then
  add "$3"
  echo "$3 added after ${SECONDS} s"
  exit
fi

{ prepare "$control_images"; init; } | on "$control_login" "$control_address" "$control_name" &
initialised=$!
workers prepare_worker
echo "workers prepared after ${SECONDS} s"
wait "$initialised"
echo "control plane there after ${SECONDS} s"
workers join_worker
echo "workers joined after ${SECONDS} s"
verify | on "$control_login" "$control_address" "$control_name-verify"
