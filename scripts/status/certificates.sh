# Every certificate of this node: one a line, fields separated by tabs. Certificates are public: no key leaves the host.
# `certificate PATH BASE64` is the first certificate of a file, its DER in base64; `presented NAME BASE64` what answers on
# a port (apiserver, etcd-client, etcd-peer); `started NAME SECONDS` since when (1970, UTC) a static pod's process runs; `written PATH SECONDS` when a file was.

# pem: the first certificate on stdin as base64 of its DER, on one line.
pem() {
  sed -n '/-----BEGIN CERTIFICATE-----/,/-----END CERTIFICATE-----/p' |
    sed '/-----END CERTIFICATE-----/q' | sed '/-----/d' | tr -d '\n\r '
}

# certificate PATH < PEM
certificate() {
  found=$(pem)
  [ -z "$found" ] || printf 'certificate\t%s\t%s\n' "$1" "$found"
}

for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt /var/lib/kubelet/pki/kubelet.crt \
  /var/lib/kubelet/pki/kubelet-server-current.pem; do
  # shellcheck disable=SC2094 # the name is only told
  [ ! -r "$file" ] || certificate "$file" <"$file"
done
for file in /etc/kubernetes/*.conf; do
  [ -r "$file" ] || continue
  kept=$(sed -n 's/^ *client-certificate: *"\{0,1\}\([^"]*\)"\{0,1\} *$/\1/p' "$file" | head -n 1)
  if [ -n "$kept" ]; then
    # shellcheck disable=SC2094
    [ ! -r "$kept" ] || certificate "$kept" <"$kept"
  else
    sed -n 's/^ *client-certificate-data: *"\{0,1\}\([A-Za-z0-9+/=]*\).*/\1/p' "$file" | head -n 1 |
      base64 -d 2>/dev/null | certificate "$file"
  fi
done

[ -e /etc/kubernetes/manifests ] || exit 0
ls /etc/kubernetes/manifests/*.yaml >/dev/null 2>&1 || exit 0

# What the ports present is what is in use. Where openssl is missing, it is not told.
if command -v openssl >/dev/null; then
  # presented NAME ADDRESS:PORT
  presented() {
    found=$(timeout 3 openssl s_client -connect "$2" </dev/null 2>/dev/null | pem)
    [ -z "$found" ] || printf 'presented\t%s\t%s\n' "$1" "$found"
  }
  # argument NAME: of the manifest's command line.
  argument() { sed -n "s/^ *- --$1=//p" /etc/kubernetes/manifests/"$2".yaml 2>/dev/null | head -n 1; }
  port=$(argument secure-port kube-apiserver)
  presented apiserver "127.0.0.1:${port:-6443}"
  for kind in client peer; do
    url=$(argument "listen-$kind-urls" etcd)
    url=${url%%,*}
    [ -z "$url" ] || presented "etcd-$kind" "${url#https://}"
  done
fi

for name in kube-apiserver kube-controller-manager kube-scheduler etcd; do
  for process in $(static_pod "$name"); do
    since=$(process_started "$process") && printf 'started\t%s\t%s\n' "$name" "$since"
  done
done
for file in /etc/kubernetes/controller-manager.conf /etc/kubernetes/scheduler.conf \
  /etc/kubernetes/pki/apiserver-kubelet-client.crt /etc/kubernetes/pki/apiserver-etcd-client.crt; do
  [ ! -e "$file" ] || printf 'written\t%s\t%s\n' "$file" "$(stat -c %Y "$file")"
done
exit 0
