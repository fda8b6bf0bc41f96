# What `provision status` asks a control plane: its own API server and its own etcd, so that one that is down hides nothing of
# the others. One fact a line, its fields separated by tabs; text of Kubernetes is quoted as Go quotes it (%q).

tell() {
  printf '%s' "$1"
  shift
  for field; do printf '\t%s' "$field"; done
  printf '\n'
}
# words FILE: its last words, on one line.
words() { grep -v '^[EWI][0-9]\{4\} \|^{"level"' "$1" | tail -n 3 | tr '\t\n' '  ' | cut -c 1-400; }

manifest=/etc/kubernetes/manifests/kube-apiserver.yaml
if [ ! -e "$manifest" ]; then
  tell no-control-plane
  exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# --- etcd: a member answers for itself even when the others are gone -----------------------------------
etcd_ask() {
  pki=/etc/kubernetes/pki/etcd
  set -- --endpoints https://127.0.0.1:2379 --cacert $pki/ca.crt --cert $pki/healthcheck-client.crt \
    --key $pki/healthcheck-client.key --dial-timeout 3s --command-timeout 5s -w json "$@"
  if [ -x /var/lib/provision/etcd/etcdctl ]; then
    timeout 10 /var/lib/provision/etcd/etcdctl "$@"
  elif command -v etcdctl >/dev/null; then
    timeout 10 etcdctl "$@"
  else
    container=$(timeout 5 crictl ps -q --name '^etcd$' 2>/dev/null | head -n 1)
    if [ -n "$container" ]; then
      timeout 10 crictl exec "$container" etcdctl "$@"
    else
      pid=$(static_pod etcd | head -n 1)
      [ -n "$pid" ] || { echo 'etcd does not run' >&2 && return 1; }
      # The member's own file system holds the tool, whatever runs the container.
      timeout 10 nsenter --target "$pid" --mount -- /usr/local/bin/etcdctl "$@"
    fi
  fi
}
if [ -e /etc/kubernetes/manifests/etcd.yaml ]; then
  if etcd_ask endpoint status >"$scratch/status" 2>"$scratch/error"; then
    tell etcd-status "$(tr -d '\n\t' <"$scratch/status")"
  else
    tell etcd-error "$(words "$scratch/error")"
  fi
  # Both want a quorum; what an earlier member said is not asked for then.
  if etcd_ask member list >"$scratch/members" 2>/dev/null; then
    tell etcd-members "$(tr -d '\n\t' <"$scratch/members")"
    # With a quorum the others are asked through it: a host that ssh does not reach may have a healthy member.
    etcd_ask endpoint status --cluster >"$scratch/cluster" 2>/dev/null || :
    tell etcd-cluster "$(tr -d '\n\t' <"$scratch/cluster")"
  fi
  if etcd_ask alarm list >"$scratch/alarms" 2>/dev/null; then
    tell etcd-alarms "$(tr -d '\n\t' <"$scratch/alarms")"
  fi
  initial=$(sed -n 's/^ *- --initial-cluster=//p' /etc/kubernetes/manifests/etcd.yaml | head -n 1)
  tell etcd-manifest "$(sed -n 's/^ *- --name=//p' /etc/kubernetes/manifests/etcd.yaml | head -n 1)" "$initial" \
    "$(sed -n 's/^ *- --quota-backend-bytes=//p' /etc/kubernetes/manifests/etcd.yaml | head -n 1)"
else
  tell etcd-external
fi

# --- the API -----------------------------------------------------------------------------------------
address=$(sed -n 's/^ *- --advertise-address=//p' "$manifest" | head -n 1)
port=$(sed -n 's/^ *- --secure-port=//p' "$manifest" | head -n 1)
case $address in *:*) address="[$address]" ;; esac
api() {
  timeout 25 kubectl --kubeconfig /etc/kubernetes/admin.conf -s "https://$address:${port:-6443}" \
    --request-timeout "${seconds:-15}s" "$@" 2>"$scratch/error"
}
if ! command -v kubectl >/dev/null; then
  tell api-error 'kubectl is not there'
  exit 0
fi
if ! seconds=5 api get --raw '/readyz?verbose' >"$scratch/ready"; then
  # What is not ready is told in the answer's text, which kubectl prints as an error.
  tell api-error "$(grep -o '\[-\][a-zA-Z/-]* failed' "$scratch/error" | tr '\n' ' ')$(words "$scratch/error")"
  # An expired admin.conf is refused by an API server that is well.
  grep -qi 'unauthorized\|must be logged in' "$scratch/error" && tell api-refused
  grep -q '\[-\]' "$scratch/error" || exit 0
else
  tell api-ready
fi
tell api-version "$(api version -o json | sed -n '/"serverVersion"/,$s/^ *"gitVersion": "\(.*\)".*/\1/p')"

# shellcheck disable=SC2016 # Go's variables, not the shell's
api get nodes -o go-template='{{range .items}}node{{"\t"}}{{.metadata.name}}{{"\t"}}{{.status.nodeInfo.kubeletVersion}}{{"\t"}}{{.status.nodeInfo.containerRuntimeVersion}}{{"\t"}}{{printf "%q" .status.nodeInfo.osImage}}{{"\t"}}{{if .spec.unschedulable}}cordoned{{end}}{{"\t"}}{{if .metadata.deletionTimestamp}}leaving{{end}}{{"\n"}}{{$node := .metadata.name}}{{range .status.conditions}}{{if ne .status (or (and (eq .type "Ready") "True") "False")}}condition{{"\t"}}{{$node}}{{"\t"}}{{.type}}{{"\t"}}{{.status}}{{"\t"}}{{.lastTransitionTime}}{{"\t"}}{{printf "%q" .reason}}{{"\t"}}{{printf "%q" .message}}{{"\n"}}{{end}}{{end}}{{end}}' ||
  tell api-error "nodes: $(words "$scratch/error")"

# Names that `provision remove --gone` noted, each with when.
# shellcheck disable=SC2016
api -n kube-system get configmap provision-removed-nodes --ignore-not-found -o go-template='{{range $name, $when := .data}}removed{{"\t"}}{{$name}}{{"\t"}}{{printf "%q" $when}}{{"\n"}}{{end}}' || :

# The server's own table: small, however many pods, and with its own word for what is wrong with each.
if api get pods -A -o wide --no-headers >"$scratch/pods"; then
  tell pods "$(wc -l <"$scratch/pods")"
  while read -r namespace name ready state count rest; do
    restarts=$count
    case $state in
    Completed | Succeeded) continue ;;
    Running)
      # One that is ready just now, and was started anew time and again within the last hour, is not well.
      case $rest in '('*[hd]*' ago)'*) restarts=0 ;; '('*) ;; *) restarts=0 ;; esac
      [ "${ready%/*}" != "${ready#*/}" ] || [ "$restarts" -ge 5 ] || continue
      ;;
    esac
    printf 'pod\t%s\t%s\t%s\t%s\t%s\t%s\n' "$namespace" "$name" "$ready" "$state" "$count" "$rest"
  done <"$scratch/pods" | head -n 200
  # shellcheck disable=SC2016
  api get pods -A --field-selector=status.phase=Pending -o go-template='{{range .items}}{{$pod := .metadata}}{{range .status.conditions}}{{if and (eq .type "PodScheduled") (eq .status "False")}}why{{"\t"}}{{$pod.namespace}}{{"\t"}}{{$pod.name}}{{"\t"}}{{printf "%q" .message}}{{"\n"}}{{end}}{{end}}{{range .status.containerStatuses}}{{with .state.waiting}}{{with .message}}why{{"\t"}}{{$pod.namespace}}{{"\t"}}{{$pod.name}}{{"\t"}}{{printf "%q" .}}{{"\n"}}{{end}}{{end}}{{end}}{{end}}' |
    cut -c 1-600 | head -n 100
else
  tell api-error "pods: $(words "$scratch/error")"
fi
# shellcheck disable=SC2016
api get certificatesigningrequests -o go-template='{{range .items}}{{if not .status.conditions}}request{{"\t"}}{{.metadata.name}}{{"\t"}}{{.spec.signerName}}{{"\t"}}{{printf "%q" .spec.username}}{{"\t"}}{{.metadata.creationTimestamp}}{{"\n"}}{{end}}{{end}}' ||
  tell api-error "requests: $(words "$scratch/error")"
exit 0
