#!/bin/sh
# Signs the certificates of a node anew with the cluster's own CAs, as if they had been made long ago: expired since DAYS days.
# Keys, subjects and names stay. $1: days since they expired (negative: days they still have). $2...: which, by path; all that
# kubeadm would renew without. A node without CAs of its own finds them in $CAS. No clock is touched.
set -eu
days=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cas=${CAS:-/etc/kubernetes/pki}
end=$(date -u -d "-$days days" +%Y%m%d%H%M%SZ)
begin=$(date -u -d "-$((days + 365)) days" +%Y%m%d%H%M%SZ)

# sign CERTIFICATE KEY CA: prints the certificate anew.
sign() {
  : >"$work/index"
  openssl rand -hex 8 >"$work/serial"
  cat >"$work/config" <<P_EOF
[ca]
default_ca = own
[own]
database = $work/index
new_certs_dir = $work
serial = $work/serial
default_md = sha256
policy = any
copy_extensions = copyall
unique_subject = no
[any]
organizationName = optional
commonName = supplied
P_EOF
  # The request is certified with all that the old certificate says of itself but its issuer.
  openssl x509 -in "$1" -noout -ext subjectAltName,keyUsage,extendedKeyUsage,basicConstraints >/dev/null 2>&1 || :
  openssl x509 -x509toreq -in "$1" -signkey "$2" -copy_extensions copyall -out "$work/request" 2>/dev/null
  openssl ca -batch -notext -preserveDN -config "$work/config" -cert "$3.crt" -keyfile "$3.key" \
    -in "$work/request" -startdate "$begin" -enddate "$end" -out "$work/signed" 2>"$work/said" || {
    cat "$work/said" >&2
    exit 1
  }
  cat "$work/signed"
}

authority() {
  case $1 in
  */etcd/* | */apiserver-etcd-client*) echo "$cas/etcd/ca" ;;
  */front-proxy-client*) echo "$cas/front-proxy-ca" ;;
  *) echo "$cas/ca" ;;
  esac
}

if [ $# -eq 0 ]; then
  set -- /etc/kubernetes/admin.conf /etc/kubernetes/super-admin.conf /etc/kubernetes/controller-manager.conf \
    /etc/kubernetes/scheduler.conf /var/lib/kubelet/pki/kubelet-client-current.pem
  for file in /etc/kubernetes/pki/*.crt /etc/kubernetes/pki/etcd/*.crt; do
    case $file in */ca.crt | */front-proxy-ca.crt) ;; *) set -- "$@" "$file" ;; esac
  done
fi
for file; do
  [ -e "$file" ] || continue
  case $file in
  *.conf)
    for part in certificate key; do
      sed -n "s/^ *client-$part-data: *//p" "$file" | base64 -d >"$work/$part"
    done
    sign "$work/certificate" "$work/key" "$(authority "$file")" >"$work/new"
    sed -i "s#^\( *client-certificate-data: \).*#\1$(base64 -w 0 "$work/new")#" "$file"
    ;;
  *.pem)
    sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' "$file" >"$work/certificate"
    sed -n '/PRIVATE KEY/,/PRIVATE KEY/p' "$file" >"$work/key"
    { sign "$work/certificate" "$work/key" "$cas/ca"; cat "$work/key"; } >"$work/pem"
    cat "$work/pem" >"$file"
    ;;
  *)
    sign "$file" "${file%.crt}.key" "$(authority "$file")" >"$work/new"
    cat "$work/new" >"$file"
    ;;
  esac
done
