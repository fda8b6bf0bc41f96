#!/bin/bash
# The yardstick: the commands of `provision` as a person who knows them all would put them into one script, side by side
# and in the best order, for three fresh lab hosts and for nothing else. It checks nothing, repeats nothing, undoes nothing.
# usage: by-hand.sh DIRECTORY   (files `hosts`: lines "name login address role", `key`, `sudo-password`, `network.yaml`,
# `probe.yaml`; environment: UPSTREAM, the address of the lab's upstream)
set -euo pipefail
directory=$1
upstream=$UPSTREAM
version=1.36.3
token=abcdef.0123456789abcdef
mapfile -t hosts <"$directory/hosts"
nodes=$(awk '{ print $3, $1 }' "$directory/hosts")

# on LOGIN ADDRESS: runs stdin as root there.
on() {
  local sudo='sudo -n'
  if [ "$1" = root ]; then sudo=''; fi
  { cat "$directory/sudo-password"; echo; cat; } |
    ssh -o ControlMaster=auto -o ControlPersist=60 -o "ControlPath=$directory/%h.sock" -o KexAlgorithms=curve25519-sha256 \
      -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -i "$directory/key" "$1@$2" \
      "read -r password; cat >/tmp/by-hand.sh; if [ -z '$sudo' ]; then sh -e /tmp/by-hand.sh; else printf '%s\n' \"\$password\" | sudo -S -p '' sh -e /tmp/by-hand.sh; fi; status=\$?; rm -f /tmp/by-hand.sh; exit \$status"
}

prepare() {
  local role=$1 images="pause:3.10.2 kube-proxy:v$version"
  [ "$role" = worker ] || images="$images kube-apiserver:v$version kube-controller-manager:v$version kube-scheduler:v$version etcd:3.6.8-0 coredns/coredns:v1.14.2"
  cat <<EOF
export DEBIAN_FRONTEND=noninteractive
{
printf '%s\n' "$nodes" >>/etc/hosts
mkdir -p /etc/chrony /etc/containerd/certs.d/registry.k8s.io /etc/containerd/certs.d/docker.io /etc/docker /etc/apt/keyrings \
  /etc/kubernetes/kubelet.conf.d /etc/systemd/system.conf.d /etc/systemd/journald.conf.d /etc/modules-load.d
printf 'server $upstream iburst\nmakestep 1.0 3\n' >/etc/chrony/chrony.conf
printf 'overlay\nbr_netfilter\n' >/etc/modules-load.d/kubernetes.conf
printf 'net.ipv4.ip_forward=1\nnet.bridge.bridge-nf-call-iptables=1\nnet.bridge.bridge-nf-call-ip6tables=1\nfs.inotify.max_user_instances=8192\nfs.inotify.max_user_watches=524288\n' >/etc/sysctl.d/90-kubernetes.conf
sysctl -q -p /etc/sysctl.d/90-kubernetes.conf
printf '[Manager]\nDefaultLimitNOFILE=1048576\n' >/etc/systemd/system.conf.d/90.conf
printf '[Journal]\nSystemMaxUse=1G\n' >/etc/systemd/journald.conf.d/90.conf
printf '* soft nofile 1048576\n* hard nofile 1048576\n' >/etc/security/limits.d/90.conf
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
EOT
for registry in registry.k8s.io docker.io; do
  printf 'server = "http://$upstream:5000"\n[host."http://$upstream:5000"]\n  capabilities = ["pull", "resolve"]\n' >/etc/containerd/certs.d/\$registry/hosts.toml
done
printf '{"exec-opts": ["native.cgroupdriver=systemd"], "live-restore": true, "registry-mirrors": ["http://$upstream:5000"]}\n' >/etc/docker/daemon.json
cat >/etc/kubernetes/kubelet.conf.d/50.conf <<'EOT'
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
systemReserved: {cpu: 200m, memory: 500Mi}
kubeReserved: {cpu: 200m, memory: 500Mi}
failCgroupV1: false
EOT
printf 'KUBELET_EXTRA_ARGS=--config-dir=/etc/kubernetes/kubelet.conf.d\n' >/etc/default/kubelet
/usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file http://$upstream/kubernetes/core:/stable:/v1.36/deb/Release.key /etc/apt/keyrings/kubernetes.asc
echo 'deb [signed-by=/etc/apt/keyrings/kubernetes.asc] http://$upstream/kubernetes/core:/stable:/v1.36/deb/ /' >/etc/apt/sources.list.d/kubernetes.list
apt-get -q update
client=; if apt-cache show docker-cli >/dev/null 2>&1; then client=docker-cli; fi
apt-get -q install -y --no-install-recommends -o Dpkg::Options::=--force-confold chrony ca-certificates iptables conntrack ethtool socat ipset kmod \
  docker.io \$client containerd runc kubeadm=$version-1.1 kubelet=$version-1.1 kubectl=$version-1.1 cri-tools kubernetes-cni
apt-mark hold docker.io containerd runc kubeadm kubelet kubectl
systemctl daemon-reexec
systemctl restart systemd-journald
systemctl -q enable kubelet
for image in $images; do
  ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d registry.k8s.io/\$image >/dev/null &
done
ctr -n k8s.io images pull --hosts-dir /etc/containerd/certs.d docker.io/library/busybox:1.37 >/dev/null &
wait
} </dev/null
EOF
}

init() {
  cat <<EOF
cat >/tmp/kubeadm.yaml <<'EOT'
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
nodeRegistration: { name: $1 }
bootstrapTokens: [{ token: $token, ttl: 20m0s }]
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v$version
controlPlaneEndpoint: "$2:6443"
networking: { podSubnet: 10.244.0.0/16 }
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
conntrack: { maxPerCore: 0, min: 0 }
EOT
kubeadm init --config /tmp/kubeadm.yaml --ignore-preflight-errors SystemVerification </dev/null
kubectl --kubeconfig /etc/kubernetes/admin.conf apply --server-side -f - <<'EOT'
$(cat "$directory/network.yaml")
EOT
EOF
}

join() {
  cat <<EOF
kubeadm join $2:6443 --node-name $1 --token $token --discovery-token-unsafe-skip-ca-verification \
  --ignore-preflight-errors SystemVerification </dev/null
EOF
}

verify() {
  cat <<EOF
export KUBECONFIG=/etc/kubernetes/admin.conf
kubectl wait --for=condition=Ready node --all --timeout 300s
kubectl -n kube-system wait --for=condition=Ready pod --all --timeout 300s
kubectl apply --server-side -f - >/dev/null <<'EOT'
$(cat "$directory/probe.yaml")
EOT
kubectl -n provision-verify rollout status daemonset/probe --timeout 300s
kubectl delete namespace provision-verify --wait=false
EOF
}

control=$(awk '$4 == "control-plane"' "$directory/hosts")
read -r control_name control_login control_address _ <<<"$control"
log() { cat >"$directory/$1.log"; }

prepared=()
for host in "${hosts[@]}"; do
  read -r name login address role <<<"$host"
  if [ "$role" = control-plane ]; then
    { prepare "$role"; init "$name" "$address"; } | on "$login" "$address" 2>&1 | log "$name" &
    initialised=$!
  else
    prepare "$role" | on "$login" "$address" 2>&1 | log "$name" &
    prepared+=("$!")
  fi
done
wait "$initialised"
wait "${prepared[@]}"
joined=()
for host in "${hosts[@]}"; do
  read -r name login address role <<<"$host"
  if [ "$role" = worker ]; then
    join "$name" "$control_address" | on "$login" "$address" 2>&1 | log "$name-join" &
    joined+=("$!")
  fi
done
wait "${joined[@]}"
verify | on "$control_login" "$control_address" 2>&1 | log "$control_name-verify"
