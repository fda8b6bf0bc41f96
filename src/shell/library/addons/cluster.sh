# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # what other parts set and use; templates have variables of their own
# --- the cluster, as its API shows it ---------------------------------------------

# api WORD...: kubectl, as the cluster's admin. Applying is server-side and under our own name: only what we set is ours.
api() { kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 60s "$@"; }
api_apply() { api apply --server-side --force-conflicts --field-manager=provision -f -; }

# await_api: where a run may change things, waits for an API server that does not answer: what it runs in may just have been
# started anew, with it. Status 1 where it stays away, or where there is nothing to wait for.
await_api() { [ "$P_MODE" = apply ] && wait_for 60 'the API server' api_answers; }

# patiently COMMAND...: once more when the API server answers.
patiently() { "$@" || { await_api && "$@"; }; }

# query_cluster TYPE...: what the API shows of nodes, and of pods and configmaps in kube-system; a line each:
#   node NAME READY VERSION UID RUNTIME
#   managed NAME                   a node of ours
#   taints NAME |NOTED| TAINT...   NOTED are those that we have set; each is key=value:Effect
#   pod NODE NAME PHASE            one that is neither ready nor finished; - for the node where it has none
#   removed NAME WHEN              a node that was removed for good
#   addon NAME                     an add-on that we have applied
query_cluster() {
  q_types=$(IFS=, && echo "$*")
  api -n kube-system get "$q_types" -o go-template='
    {{- range .items}}
      {{- $name := .metadata.name}}{{$info := .status.nodeInfo}}{{$ready := ""}}
      {{- range .status.conditions}}{{if eq .type "Ready"}}{{$ready = .status}}{{end}}{{end}}
      {{- if eq .kind "Node"}}
        {{- ""}}node {{$name}} {{$ready}} {{$info.kubeletVersion}} {{.metadata.uid}} {{$info.containerRuntimeVersion}}{{"\n"}}
        {{- with .metadata.labels}}{{with index . "provision/managed"}}managed {{$name}}{{"\n"}}{{end}}{{end}}
        {{- ""}}taints {{$name}} |{{with .metadata.annotations}}{{with index . "provision/taints"}}{{.}}{{end}}{{end}}|
        {{- range .spec.taints}} {{.key}}={{with .value}}{{.}}{{end}}:{{.effect}}{{end}}{{"\n"}}
      {{- else if eq .kind "Pod"}}
        {{- if and (ne $ready "True") (ne .status.phase "Succeeded")}}pod {{or .spec.nodeName "-"}} {{$name}} {{.status.phase}}{{"\n"}}{{end}}
      {{- else if eq $name "provision-removed-nodes"}}
        {{- range $node, $when := .data}}removed {{$node}} {{$when}}{{"\n"}}{{end}}
      {{- else}}
        {{- with .metadata.labels}}{{with index . "provision/addon"}}addon {{.}}{{"\n"}}{{end}}{{end}}
      {{- end}}
    {{- end}}'
}

# prefetch_cluster TYPE...: asks beside the checks that come first.
prefetch_cluster() {
  [ -e /etc/kubernetes/admin.conf ] || return 0
  ask_ahead cluster query_cluster "$@"
}

# cluster TYPE...: what query_cluster says of these types, and perhaps of others; status 1 where the API does not answer.
cluster() {
  if answered cluster; then
    cat "$P_RUN/cluster"
  else
    patiently query_cluster "$@"
  fi
}

# query_troubles NAMESPACE...: what is wrong with nodes, and with pods of these namespaces, in the words of those who know. A
# line each, with the node in its place:
#   node NAME has DiskPressure: …        node NAME is not Ready: …
#   pod NODE NAMESPACE/NAME: …           - for the node where it has none
query_troubles() {
  q_names=$(printf ' "%s"' "$@")
  api get nodes,pods -A -o go-template='
    {{- range .items}}
      {{- $name := .metadata.name}}{{$status := .status}}
      {{- if eq .kind "Node"}}
        {{- range .status.conditions}}
          {{- if eq .type "Ready"}}{{if ne .status "True"}}node {{$name}} is not Ready: {{.reason}} {{printf "%.400s" .message}}{{"\n"}}{{end}}
          {{- else if eq .status "True"}}node {{$name}} has {{.type}}: {{printf "%.400s" .message}}{{"\n"}}{{end}}
        {{- end}}
      {{- else if eq .metadata.namespace'"$q_names"'}}
        {{- $pod := printf "pod %s %s/%s:" (or .spec.nodeName "-") .metadata.namespace $name}}
        {{- with .status.reason}}{{$pod}} {{.}} {{printf "%.400s" (or $status.message "")}}{{"\n"}}{{end}}
        {{- range .status.conditions}}
          {{- if and (eq .type "PodScheduled") (eq .status "False")}}{{$pod}} {{.reason}} {{printf "%.400s" (or .message "")}}{{"\n"}}{{end}}
        {{- end}}
        {{- range .status.initContainerStatuses}}{{with .state.waiting}}{{$pod}} {{.reason}} {{printf "%.400s" (or .message "")}}{{"\n"}}{{end}}{{end}}
        {{- range .status.containerStatuses}}
          {{- $last := .lastState.terminated}}
          {{- with .state.waiting}}{{$pod}} {{.reason}} {{printf "%.400s" (or .message "")}}{{with $last}} (ended before: {{.reason}}, status {{.exitCode}}){{end}}{{"\n"}}{{end}}
        {{- end}}
      {{- end}}
    {{- end}}'
}

# troubles_on NODE...: those of these nodes, and of pods that have none; C_NAMESPACES: which pods. `pods` in the place of
# nodes: those of pods on any.
troubles_on() {
  # shellcheck disable=SC2086 # names
  query_troubles ${C_NAMESPACES:-kube-system provision-verify provision-add} |
    awk -v nodes=" $* - " 'nodes == " pods - " ? $1 == "pod" : index(nodes, " " $2 " ")'
}

# query_events: the last event of each pod, as "NAMESPACE/NAME REASON MESSAGE", the later ones last.
query_events() {
  api get events -A --sort-by .lastTimestamp -o go-template='
    {{- range .items}}
      {{- if eq .involvedObject.kind "Pod"}}{{.involvedObject.namespace}}/{{.involvedObject.name}} {{.reason}} {{printf "%.400s" .message}}{{"\n"}}{{end}}
    {{- end}}'
}

# explain NODE...: as troubles_on. Of a pod that only says that its containers are being made, its last event says what that
# waits for: an image that is pulled, say, or a volume.
explain() {
  e_troubles=$(troubles_on "$@") && [ -n "$e_troubles" ] || return 0
  case $e_troubles in
  *': ContainerCreating'* | *': PodInitializing'*)
    {
      query_events
      printf 'P_END\n%s\n' "$e_troubles"
    } | awk '
      $0 == "P_END" { told = 1; next }
      !told { pod = $1; sub(/^[^ ]* /, ""); event[pod] = $0; next }
      $4 ~ /^(ContainerCreating|PodInitializing)$/ && NF == 4 && (substr($3, 1, length($3) - 1) in event) {
        print $1, $2, $3, event[substr($3, 1, length($3) - 1)]
        next
      }
      { print }'
    ;;
  *) printf '%s\n' "$e_troubles" ;;
  esac
}

# in_vain NODE...: whether something has been in the way on these nodes for a minute that does not go by itself within minutes: a
# kubelet under pressure turns pods away, and an image that is not there is not pulled. Status 1 where there is no such thing.
in_vain() {
  v_now=$(troubles_on "$@" 2>/dev/null | grep -E '^node [^ ]+ has (Disk|Memory|PID)Pressure:|^pod [^ ]+ [^ ]+: (InvalidImageName|ErrImageNeverPull|(ErrImagePull|ImagePullBackOff).*(: not found|manifest unknown))')
  if [ -z "$v_now" ]; then
    v_since=''
    return 1
  fi
  [ -n "${v_since:-}" ] || v_since=$(since_boot)
  [ "$(($(since_boot) - v_since))" -ge 60 ]
}

# await_pods SECONDS NODES COMMAND...: COMMAND waits for pods for some seconds, and is asked again. Fails where it takes longer, and
# early where it is in vain on one of the nodes. Sets B_AFTER to how long that was, to be put before the reason.
await_pods() {
  b_begin=$(since_boot) b_seconds=$1 b_nodes=$2
  shift 2
  until "$@" 2>"$P_RUN/asked.$P_TASK"; do
    # That it is asked again is no error.
    grep -v '^error: timed out waiting for the condition' "$P_RUN/asked.$P_TASK" >&2 || :
    b_waited=$(($(since_boot) - b_begin))
    B_AFTER="after $b_waited s: "
    # shellcheck disable=SC2086 # names
    ! in_vain $b_nodes || return 1
    B_AFTER="after $b_waited s$(limit_of "$P_TASK"): "
    [ "$b_waited" -lt "$b_seconds" ] || return 1
    sleep 1 # an API server that is not there answers at once
  done
}

# await_probe NAMESPACE SECONDS NODES COMMAND...: as await_pods, and tells what the probe said last.
await_probe() {
  b_in=$1
  shift
  await_pods "$@" && return
  api -n "$b_in" logs -l app=probe --prefix --tail 1 >&2 2>/dev/null || :
  return 1
}

# probe_blame NAMESPACE: what its pods show of why the probe failed: from where something cannot be reached, and where it does
# not even run.
probe_blame() {
  b_pods=$(api -n "$1" get pods -l app=probe -o go-template='
    {{- range .items}}{{$ready := "False"}}
      {{- range .status.conditions}}{{if eq .type "Ready"}}{{$ready = .status}}{{end}}{{end}}
      {{- .status.phase}} {{$ready}} {{or .spec.nodeName "-"}}{{"\n"}}
    {{- end}}') || return 0
  b_deaf=$(printf '%s\n' "$b_pods" | sed -n 's/^Running False //p' | sort -u | tr '\n' ' ')
  b_idle=$(printf '%s\n' "$b_pods" | sed -n '/^Running /d; s/^[^ ]* [^ ]* //p' | sort -u | tr '\n' ' ')
  [ -z "$b_idle" ] || say "the probe does not run on: $b_idle"
  [ -z "$b_deaf" ] || say "the probe runs, and does not reach everything, on: $b_deaf"
}
