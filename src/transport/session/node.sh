# Which node of which cluster this host is, as its files have it: fields of the greeting, empty on a host that is no node. They
# are read as they are and judged by the controller. Certificates are public and go as base64 of PEM; keys stay here.

# public FILE: the certificates of a file that may hold a key as well. A text that is too long for an answer is left out.
public() {
  text=$(sed -n '/-BEGIN CERTIFICATE-/,/-END CERTIFICATE-/p' "$1" 2>/dev/null | base64 -w 0)
  [ "${#text}" -gt 3000 ] || printf '%s' "$text"
}

# The variables are those of the subshell that greets.
node() {
  name='' server='' ca='' kubelet='' cluster='' rest=''
  read_kubeconfig /etc/kubernetes/kubelet.conf
  if [ -z "$ca" ] && [ -s /etc/kubernetes/pki/ca.crt ]; then ca=$(public /etc/kubernetes/pki/ca.crt); fi
  [ -n "$ca" ] || read_kubeconfig /etc/kubernetes/admin.conf
  # Only of a cluster that we made is the name the inventory's.
  if [ -d /var/lib/provision/ledger/kubernetes ] && [ -r /etc/kubernetes/admin.conf ]; then
    cluster=$(sed -n '/^current-context: *kubernetes-admin@[A-Za-z0-9._-]* *$/{s/.*@//;s/ *$//;p;q;}' /etc/kubernetes/admin.conf)
  fi
  # What of a cluster is on its way: an etcd whose kubeadm has not ended, a restore or rebuild.
  if [ -e /var/lib/provision/unfinished ]; then
    rest=unfinished
  elif [ -d /var/lib/etcd/member ] && [ -z "$(find /var/lib/provision -maxdepth 1 -name 'kubeadm-*' -type f 2>/dev/null)" ]; then
    rest=etcd
  fi
  printf '%s' "node=$name kubelet=$kubelet ca=$ca server=$server cluster=$cluster rest=$rest"
}

# read_kubeconfig FILE: by the shell's own means, since this is done in every run: no process for a line.
read_kubeconfig() {
  [ -r "$1" ] || return 0
  while read -r key value || [ -n "$key" ]; do
    case $key in
    certificate-authority-data:) [ "${#value}" -gt 3000 ] || ca=${value%%[!A-Za-z0-9+/=]*} ;;
    server:) server=${value%%[!][A-Za-z0-9.:/_-]*} ;;
    client-certificate:) kubelet=$(public "$value") ;;
    esac
    case "$key $value" in
    *system:node:*)
      name=${value##*system:node:}
      name=${name%%[!a-z0-9.-]*}
      ;;
    esac
  done <"$1"
}
