# What is left of a host's part of a cluster, in lines `NAME VALUE...`; read by src/rebuild/look.ts. Changes nothing, and
# works with nothing but sh, coreutils, grep and sed, since anything else may be what is broken. Certificates are printed
# as they are (base64 of PEM: they are public) and judged by the reader; of private keys only whether they fit is told.

kubernetes=/etc/kubernetes
etcd=/var/lib/etcd
state=/var/lib/provision

# within SECONDS COMMAND...: nothing here may hang on what is broken.
within() { timeout -k 1 "$@" 2>/dev/null </dev/null; }

tell() { printf '%s\n' "$*"; }

# line TEXT: one line of it, without anything that is not printable.
line() { printf '%s' "$1" | tr '\n' ' ' | tr -cd '[:print:]' | cut -c 1-300; }

# --- programs and units ---------------------------------------------------------

# binary NAME COMMAND...: its version, or `broken`, or `absent`.
binary() {
  b_name=$1
  shift
  if ! command -v "$1" >/dev/null 2>&1; then
    tell binary "$b_name" absent
  elif b_version=$(within 10 "$@") && [ -n "$b_version" ]; then
    tell binary "$b_name" "$(line "$b_version")"
  else
    tell binary "$b_name" broken
  fi
}
binary kubelet kubelet --version
binary kubeadm kubeadm version -o short
binary kubectl kubectl version --client
binary containerd containerd --version
binary runc runc --version
binary docker docker --version

# packages NAME...: state and version as the package manager has them, and how many of its files are not as they came.
packages() {
  for p_name in "$@"; do
    if command -v dpkg-query >/dev/null 2>&1 && [ ! -e /etc/redhat-release ]; then
      # shellcheck disable=SC2016 # dpkg-query's own
      p_state=$(within 10 dpkg-query -W -f '${db:Status-Abbrev} ${Version}' "$p_name") || continue
      p_altered=$(within 20 dpkg --verify "$p_name" | grep -v -e '^.\{9\} c ' -e ' /usr/share/\(doc\|man\|locale\|info\|lintian\)/' | grep -c .)
    elif command -v rpm >/dev/null 2>&1; then
      p_state=$(within 10 rpm -q --qf 'ii %{VERSION}-%{RELEASE}' "$p_name") || continue
      p_altered=$(within 20 rpm -V --nomtime --noghost "$p_name" | grep -v '^[^ ]*  *[cd] ' | grep -c .)
    else
      return
    fi
    case $p_state in un*) continue ;; esac
    # shellcheck disable=SC2086 # two words
    tell package "$p_name" ${p_state:-none} "$p_altered"
  done
}
packages kubelet kubeadm kubectl containerd containerd.io runc docker.io docker-ce

for unit in kubelet.service containerd.service docker.service; do
  tell unit "$unit" "$(within 10 systemctl show -p LoadState -p ActiveState -p UnitFileState --value "$unit" | tr '\n' ' ')"
done

# --- certificates and keys ------------------------------------------------------

# pem NAME: the first certificate on stdin.
pem() {
  c_text=$(sed -n '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p; /-END CERTIFICATE-/q' | base64 | tr -d '\n')
  [ -z "$c_text" ] || tell certificate "$1" "$c_text"
}
certificate() { [ ! -r "$2" ] || pem "$1" <"$2"; }

# key NAME CERTIFICATE: whether the private key beside it is there, and is its own.
key() {
  k_file=${2%.crt}.key
  if [ ! -s "$k_file" ]; then
    tell key "$1" absent
  elif ! command -v openssl >/dev/null 2>&1; then
    tell key "$1" present
  elif [ "$(within 5 openssl x509 -in "$2" -noout -pubkey)" = "$(within 5 openssl pkey -in "$k_file" -pubout)" ]; then
    tell key "$1" fits
  else
    tell key "$1" 'does not fit'
  fi
}
for name in ca front-proxy-ca etcd/ca; do
  [ -e "$kubernetes/pki/$name.crt" ] || continue
  certificate "$name" "$kubernetes/pki/$name.crt"
  key "$name" "$kubernetes/pki/$name.crt"
done
if [ -s "$kubernetes/pki/sa.key" ]; then tell key sa fits; fi
for name in apiserver apiserver-kubelet-client apiserver-etcd-client front-proxy-client \
  etcd/server etcd/peer etcd/healthcheck-client; do
  certificate "$name" "$kubernetes/pki/$name.crt"
done

# configured FILE: the certificates within a kubeconfig, and where it leads.
configured() {
  [ -r "$kubernetes/$1" ] || return 0
  tell kubeconfig "$1" "$(line "$(sed -n 's/^ *server: *//p' "$kubernetes/$1" | head -n 1)")"
  sed -n 's/^ *certificate-authority-data: *//p' "$kubernetes/$1" | base64 -d 2>/dev/null | pem "$1:ca"
  sed -n 's/^ *client-certificate-data: *//p' "$kubernetes/$1" | base64 -d 2>/dev/null | pem "$1:client"
}
for name in admin.conf controller-manager.conf scheduler.conf kubelet.conf; do configured "$name"; done
certificate kubelet "$(readlink -f /var/lib/kubelet/pki/kubelet-client-current.pem)"
certificate node-ca "$kubernetes/pki/ca.crt"

# --- the control plane ----------------------------------------------------------

for name in etcd kube-apiserver kube-controller-manager kube-scheduler; do
  [ ! -s "$kubernetes/manifests/$name.yaml" ] || tell manifest "$name"
done

# process NAME ARGUMENT: ids of processes of that name that were given that argument. `pidof` may not be there.
process() {
  for p_directory in /proc/[0-9]*; do
    read -r p_comm 2>/dev/null <"$p_directory/comm" || continue
    [ "$p_comm" = "$1" ] || continue
    tr '\0' '\n' 2>/dev/null <"$p_directory/cmdline" | grep -qe "^$2" || continue
    tell process "$1" "${p_directory#/proc/}"
  done
}
process etcd "--data-dir=$etcd"
process kube-apiserver --etcd-servers

if [ -d "$etcd/member" ]; then
  tell etcd-data "$(du -sk "$etcd/member" | cut -f 1)" "$(find "$etcd/member/wal" -name '*.wal' 2>/dev/null | grep -c .)" \
    "$(stat -c %s "$etcd/member/snap/db" 2>/dev/null || echo 0)" "$(find "$etcd/member" -type f -printf '%T@\n' 2>/dev/null | sort -n | tail -n 1 | cut -d . -f 1)"
fi
tools=$state/etcd
if [ -x "$tools/etcdctl" ] && [ -x "$tools/etcdutl" ] && [ -x "$tools/etcd" ]; then
  tell etcd-tools "$(line "$(within 10 "$tools/etcdutl" version | sed -n 's/^etcdutl version: *//p')")"
  pki=$kubernetes/pki/etcd
  ask() {
    within 8 "$tools/etcdctl" --command-timeout 6s --endpoints https://127.0.0.1:2379 --cacert "$pki/ca.crt" \
      --cert "$pki/healthcheck-client.crt" --key "$pki/healthcheck-client.key" -w json "$@"
  }
  tell etcd-status "$(ask endpoint status | tr -d '\n')"
  tell etcd-members "$(ask member list | tr -d '\n')"
  tell etcd-healthy "$(ask endpoint health | tr -d '\n')"
fi

# Whether this host's own API server serves those who have a certificate, else in its or kubectl's words why not.
if [ -s "$kubernetes/manifests/kube-apiserver.yaml" ] || [ -s "$kubernetes/admin.conf" ]; then
  api() {
    timeout -k 1 10 kubectl --kubeconfig "$kubernetes/admin.conf" --server https://127.0.0.1:6443 --tls-server-name kubernetes \
      --request-timeout 8s "$@" 2>&1 </dev/null
  }
  tell api "$(line "$(api get --raw /readyz | tail -n 1)")"
  tell nodes "$(line "$(api get nodes -o 'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{" "}{end}' | grep '=' | tail -n 1)")"
fi

# --- what runs, and what is in the way -------------------------------------------

tell boot "$(cat /proc/sys/kernel/random/boot_id)"
# pods/NAMESPACE_NAME_UID: who the processes of a pod are, without asking anybody.
for directory in /var/log/pods/*_*_*; do
  [ ! -d "$directory" ] || tell pod "${directory#/var/log/pods/}"
done
# Processes in a pod's control group: pod, container, id and start (ticks since boot).
grep -Hm 1 kubepods /proc/[0-9]*/cgroup 2>/dev/null | while IFS= read -r found; do
  pid=${found#/proc/}
  pid=${pid%%/*}
  group=${found##*/}
  pod=${found%/*}
  pod=${pod##*/}
  stat=$(cat "/proc/$pid/stat" 2>/dev/null) || continue
  # shellcheck disable=SC2086 # the fields behind the name, which may hold anything
  set -- ${stat##*) }
  tell container "$pod" "$group" "$pid" "${20}"
done
for place in / /var/lib/etcd /var/lib/provision /var/lib/kubelet; do
  [ ! -d "$place" ] || tell disk "$place" "$(df -Pk "$place" 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *\([0-9]*\)% .*/\1 \2/p')"
done
for mark in "$state"/kubeadm-* "$state"/kubernetes-version; do [ ! -e "$mark" ] || tell mark "${mark##*/}"; done
# The restore or rebuild that has not ended, and what such left: their ids.
if [ -e "$state/unfinished" ]; then
  tell unfinished "$(head -c 1000 "$state/unfinished" | tr -cd 'A-Za-z0-9+/=' | grep . || echo -)"
fi
[ ! -s "$etcd/member/provision-restore" ] || tell restored "$(head -c 64 "$etcd/member/provision-restore" | tr -cd 'a-z0-9-')"
for left in "$etcd"/saved-*/member*; do
  [ ! -d "$left" ] || tell aside "$(line "${left#"$etcd/saved-"}" | cut -d / -f 1)"
done
for left in "$state"/rebuild/*/manifests/*.yaml; do
  [ ! -e "$left" ] || tell still "$(line "${left#"$state/rebuild/"}" | cut -d / -f 1)"
done
for archive in "$state"/backups/*.tar.age; do
  [ ! -e "$archive" ] || tell archive "$(stat -c %s "$archive")" "${archive##*/}"
done
tell looked
