# The certificates of a control plane: which are due, which are not in use yet, and how its static pods come to use them.
# Stands before the checks and applies of the words for certificates; uses status/static-pods.sh. Needs openssl.

c_pki=/etc/kubernetes/pki
# While this is there, a renewal has begun and not ended: what it may have left half-written is in it as it was.
c_before=${P_STATE:-/var/lib/provision}/certificates.before
c_own='admin.conf super-admin.conf controller-manager.conf scheduler.conf'

# cut_off: a renewal has begun and not ended. was_well: and the control plane was well when it began.
cut_off() { [ -d "$c_before" ]; }
was_well() { [ -e "$c_before/was-ready" ]; }

# renewal_ended: what was before is forgotten once all that is new is on disk, and at once.
renewal_ended() {
  [ -d "$c_before" ] || return 0
  settled /etc/kubernetes /var/lib/kubelet && rm -rf "$c_before.old" && mv -T "$c_before" "$c_before.old" && rm -rf "$c_before.old"
}

# certificate_in PATH: the certificate of a file or, of a kubeconfig, the one in it.
certificate_in() {
  case $1 in
  *.conf) sed -n 's/^ *client-certificate-data: *"\{0,1\}\([A-Za-z0-9+/=]*\).*/\1/p' "$1" | head -n 1 | base64 -d ;;
  *) cat "$1" ;;
  esac
}

# renewable: the paths that `kubeadm certs renew all` renews, of those that are there.
renewable() {
  for c_file in $c_own; do [ ! -e "/etc/kubernetes/$c_file" ] || echo "/etc/kubernetes/$c_file"; done
  for c_file in "$c_pki"/*.crt "$c_pki"/etcd/*.crt; do
    case $c_file in */ca.crt | */front-proxy-ca.crt | *'*'*) ;; *) echo "$c_file" ;; esac
  done
}

# due SECONDS: those that expire within, or cannot be read.
due() {
  for c_file in $(renewable); do
    certificate_in "$c_file" | openssl x509 -noout -checkend "$1" >/dev/null 2>&1 || echo "$c_file"
  done
}

# uses NAME: what a static pod's process reads.
uses() {
  case $1 in
  etcd) echo "$c_pki/etcd/server.crt $c_pki/etcd/peer.crt" ;;
  kube-apiserver)
    echo "$c_pki/apiserver.crt $c_pki/apiserver-kubelet-client.crt $c_pki/apiserver-etcd-client.crt" \
      "$c_pki/front-proxy-client.crt"
    ;;
  kube-controller-manager) echo /etc/kubernetes/controller-manager.conf ;;
  kube-scheduler) echo /etc/kubernetes/scheduler.conf ;;
  esac
}

# static_pods: those of this control plane, in the order in which they lean on one another.
static_pods() {
  for c_name in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    [ ! -e "/etc/kubernetes/manifests/$c_name.yaml" ] || echo "$c_name"
  done
}

# argument NAME MANIFEST: of a static pod's command line.
argument() { sed -n "s/^ *- --$1=//p" "/etc/kubernetes/manifests/$2.yaml" | head -n 1; }

# presents ADDRESS:PORT FILE: what answers there shows the certificate of the file.
presents() {
  c_shown=$(timeout 5 openssl s_client -connect "$1" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256 2>/dev/null)
  [ -n "$c_shown" ] && [ "$c_shown" = "$(openssl x509 -in "$2" -noout -fingerprint -sha256)" ]
}

# stale NAME: the static pod's process began before its certificates were written. One that does not run will read them.
stale() {
  c_pid=$(static_pod "$1" | tail -n 1)
  [ -n "$c_pid" ] && c_since=$(process_started "$c_pid") || return 1
  c_now=$(date +%s)
  for c_file in $(uses "$1"); do
    [ -e "$c_file" ] || continue
    c_written=$(stat -c %Y "$c_file")
    # A time to come is a clock that was set back, and says nothing.
    [ "$c_written" -le "$c_since" ] || [ "$c_written" -gt "$c_now" ] || return 0
  done
  return 1
}

# in_use NAME: the static pod runs, is not stale, and its ports present its certificates.
in_use() {
  [ -n "$(static_pod "$1")" ] && ! stale "$1" || return 1
  case $1 in
  etcd)
    c_client=$(argument listen-client-urls etcd)
    c_client=${c_client%%,*}
    c_peer=$(argument listen-peer-urls etcd)
    c_peer=${c_peer%%,*}
    presents "${c_client#https://}" "$c_pki/etcd/server.crt" && presents "${c_peer#https://}" "$c_pki/etcd/peer.crt"
    ;;
  kube-apiserver)
    c_port=$(argument secure-port kube-apiserver)
    presents "127.0.0.1:${c_port:-6443}" "$c_pki/apiserver.crt"
    ;;
  esac
}

# api_ready: this host's own API server says that it is, which it does not without etcd's quorum.
api_ready() {
  c_port=$(argument secure-port kube-apiserver)
  c_address=$(argument advertise-address kube-apiserver)
  case $c_address in *:*) c_address="[$c_address]" ;; esac
  timeout 10 kubectl --kubeconfig /etc/kubernetes/admin.conf -s "https://$c_address:${c_port:-6443}" \
    --request-timeout 5s get --raw /readyz >/dev/null 2>&1
}

# healthy NAME: beside running with its certificates, it does its work. An API server that is ready has an etcd that is.
healthy() {
  c_port=$(argument secure-port "$1")
  case $1 in
  etcd | kube-apiserver) api_ready ;;
  kube-controller-manager) healthz "${c_port:-10257}" ;;
  kube-scheduler) healthz "${c_port:-10259}" ;;
  esac
}

# healthz PORT: answered on this host; anybody may ask.
healthz() {
  timeout 5 openssl s_client -quiet -connect "127.0.0.1:$1" 2>/dev/null <<P_EOF | head -n 1 | grep -q ' 200 '
GET /healthz HTTP/1.0

P_EOF
}

# until_in_use NAME SECONDS: returns once it answers with its certificates and does its work.
until_in_use() {
  c_end=$(($(since_boot) + $2)) c_tries=0
  while ! in_use "$1" || ! healthy "$1"; do
    if [ "$(since_boot)" -ge "$c_end" ]; then
      say "$1 did not come back with its certificates within $2 s"
      timeout 5 journalctl --no-pager -q -o cat -n 5 -u kubelet >&2 || :
      return 1
    fi
    [ $((c_tries % 10)) -ne 0 ] || say "waiting for $1 to answer with its certificates"
    c_tries=$((c_tries + 1))
    sleep 1
  done
}

# all_run: every static pod has its process.
all_run() {
  for c_name in $(static_pods); do [ -n "$(static_pod "$c_name")" ] || return 1; done
}

# restart_static_pod NAME: ends its process; the kubelet starts it again. It is given the 30 s that the kubelet gives it.
restart_static_pod() {
  c_left=30
  for c_pid in $(static_pod "$1"); do
    kill -TERM "$c_pid"
    say "waiting up to $c_left s for the old process of $1 to end"
    while [ -d "/proc/$c_pid" ] && [ "$c_left" -gt 0 ]; do
      c_left=$((c_left - 1))
      sleep 1
    done
    [ ! -d "/proc/$c_pid" ] || kill -KILL "$c_pid"
  done
}

# keep_before: all that is renewed, aside, until all of it is renewed.
keep_before() {
  rm -rf "$c_before.new" && mkdir -m 700 "$c_before.new" && cp -a "$c_pki" "$c_before.new/pki" || return 1
  for c_file in $c_own; do
    [ ! -e "/etc/kubernetes/$c_file" ] || cp -a "/etc/kubernetes/$c_file" "$c_before.new/" || return 1
  done
  # Health is waited for only where there was some: when all has expired, no control plane is well before the last is renewed.
  ! api_ready || printf '' >"$c_before.new/was-ready" || return 1
  settled "$c_before.new" && mv -T "$c_before.new" "$c_before" && settled "$c_before"
}

# mend: 0 where it had to, 1 where it had not, 2 where it could not. What a renewal that was cut off left unreadable is put back. kubeadm writes in place, and the key before the certificate.
mend() {
  c_mended=1
  # No renewal changes the CA: where it is another, these are certificates of another cluster, perhaps the last copy.
  if ! cmp -s "$c_before/pki/ca.crt" "$c_pki/ca.crt"; then
    c_kept=${c_before%/*}/saved/certificates-$(date -u +%Y%m%d-%H%M%S)
    say "$c_before is of another CA than $c_pki: nothing of it is put back; it is kept in $c_kept"
    { [ -d "${c_kept%/*}" ] || mkdir -m 700 "${c_kept%/*}"; } && mv -T "$c_before" "$c_kept" && settled "${c_kept%/*}" || return 2
    return 1
  fi
  for c_file in $(cd "$c_before" && find pki -name '*.crt'); do
    c_at=/etc/kubernetes/$c_file
    c_key=${c_at%.crt}.key
    if openssl x509 -in "$c_at" -noout 2>/dev/null && { [ ! -e "$c_key" ] ||
      [ "$(openssl x509 -in "$c_at" -noout -pubkey)" = "$(openssl pkey -in "$c_key" -pubout 2>/dev/null)" ]; }; then continue; fi
    say "putting back $c_at, which was half-written"
    c_mended=0
    put_copy "$c_before/${c_file%.crt}.crt" "$c_at" || return 2
    [ ! -e "$c_before/${c_file%.crt}.key" ] || put_copy "$c_before/${c_file%.crt}.key" "$c_key" || return 2
  done
  for c_file in $c_own; do
    [ -e "$c_before/$c_file" ] || continue
    if certificate_in "/etc/kubernetes/$c_file" | openssl x509 -noout 2>/dev/null; then continue; fi
    put_copy "$c_before/$c_file" "/etc/kubernetes/$c_file" || return 2
    c_mended=0
  done
  return "$c_mended"
}

# --- the kubelet's own -------------------------------------------------------------------------------

c_kubelet=/var/lib/kubelet/pki/kubelet-client-current.pem

# kubelet_expired SECONDS
kubelet_expired() { [ ! -e "$c_kubelet" ] || ! openssl x509 -in "$c_kubelet" -noout -checkend "$1" >/dev/null 2>&1; }

# sign_kubelet NODE: a client certificate for this node's kubelet, signed here: without an API server nobody else can. As the
# kubelet keeps them itself: certificate and key in one file, and a link to the newest.
sign_kubelet() {
  c_work=$P_RUN/kubelet-certificate
  rm -rf "$c_work" && mkdir -m 700 "$c_work" || return 1
  openssl ecparam -name prime256v1 -genkey -noout -out "$c_work/key" &&
    openssl req -new -key "$c_work/key" -subj "/O=system:nodes/CN=system:node:$1" -out "$c_work/request" &&
    printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n' >"$c_work/extensions" &&
    c_serial=$(openssl rand -hex 16) &&
    openssl x509 -req -in "$c_work/request" -CA "$c_pki/ca.crt" -CAkey "$c_pki/ca.key" -days 365 \
      -set_serial "0x$c_serial" -extfile "$c_work/extensions" -out "$c_work/certificate" || return 1
  c_file=/var/lib/kubelet/pki/kubelet-client-$(date -u +%Y-%m-%d-%H-%M-%S).pem
  cat "$c_work/certificate" "$c_work/key" >"$c_work/both" && write_file "$c_file" 600 root root <"$c_work/both" || return 1
  rm -rf "$c_work"
  put_link "$c_kubelet" "$c_file"
}

# kubelet_embeds: kubelet.conf holds a certificate itself, which nobody renews, although the kubelet keeps its own.
kubelet_embeds() { grep -q '^ *client-certificate-data:' /etc/kubernetes/kubelet.conf && [ -e "$c_kubelet" ]; }

# point_kubelet: kubelet.conf names the file that the kubelet renews.
point_kubelet() {
  sed "s#^\( *\)client-certificate-data:.*#\1client-certificate: $c_kubelet#; s#^\( *\)client-key-data:.*#\1client-key: $c_kubelet#" \
    /etc/kubernetes/kubelet.conf >"$P_RUN/kubelet.conf" || return 1
  write_file /etc/kubernetes/kubelet.conf 600 root root <"$P_RUN/kubelet.conf" && rm -f "$P_RUN/kubelet.conf"
}
